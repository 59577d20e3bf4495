package io.entrepot.server.audit.tlog;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The public keys that ever signed the log, in a file beside it. It is a convenience: what lies beside a log can be changed
 * with it, and an auditor has the keys from elsewhere.
 *
 * <pre>
 *   # name+id+key since until
 *   mirror.example/audit+23e49714+ATg7… 2026-11-27T02:00:00Z -
 * </pre>
 */
public final class KeyList {

    private static final String TITLE = "# keys that signed this log: name+id+key, since, until\n";

    private KeyList() {}

    /** Those of a log's directory; none if there is no such file. @throws IOException if it cannot be read, with the line */
    public static List<KeyPeriod> read(Path sealed) throws IOException {
        Path file = file(sealed);
        List<KeyPeriod> keys = new ArrayList<>();
        if (Files.exists(file)) {
            int number = 0;
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                number++;
                if (!line.isEmpty() && !line.startsWith("#")) {
                    keys.add(parse(file, number, line));
                }
            }
        }
        return List.copyOf(keys);
    }

    private static KeyPeriod parse(Path file, int number, String line) throws IOException {
        try {
            return KeyPeriod.parse(line);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ", line " + number + ": " + e.getMessage(), e);
        }
    }

    /** Keeps these, and beside them whatever stands there already and is none of them. */
    static void keep(Path sealed, List<KeyPeriod> current) throws IOException {
        List<KeyPeriod> all = new ArrayList<>();
        for (KeyPeriod known : read(sealed)) {
            if (current.stream().noneMatch(period -> period.key().equals(known.key()))) {
                all.add(known);
            }
        }
        all.addAll(current);
        StringBuilder text = new StringBuilder(TITLE);
        all.forEach(period -> text.append(period).append('\n'));
        Durable.replace(file(sealed), text.toString().getBytes(StandardCharsets.UTF_8));
    }

    static Path file(Path sealed) {
        return sealed.resolve("keys");
    }
}
