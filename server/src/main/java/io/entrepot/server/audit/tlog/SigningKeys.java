package io.entrepot.server.audit.tlog;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The keys with which a log signs, in a file that only its owner reads and that does not lie in the log's directory: who
 * can write the log has no key then. Beside it, in {@code ….last}, is the newest checkpoint that they signed, so that a log
 * put back from a backup is noticed.
 *
 * <pre>
 *   # secret: signing keys of the audit log, since, until
 *   PRIVATE+KEY+mirror.example/audit+23e49714+AT… 2026-11-27T02:00:00Z -
 * </pre>
 */
public final class SigningKeys {

    private static final String TITLE = "# secret: signing keys of the audit log, since, until\n";

    private final Path file;
    private final Path sealed;
    private List<Held> keys;

    private record Held(NoteKey key, KeyPeriod period) {}

    private SigningKeys(Path file, Path sealed, List<Held> keys) {
        this.file = file;
        this.sealed = sealed;
        this.keys = List.copyOf(keys);
    }

    /**
     * Reads them; the first time, makes one of this name.
     *
     * @param sealed where the log lies, and its public keys beside it
     * @throws IOException if the file lies inside {@code log}, can be read by others, or holds something else
     */
    public static SigningKeys open(Path file, Path log, Path sealed, String name, Instant now) throws IOException {
        Files.createDirectories(Durable.parent(file));
        Files.createDirectories(sealed);
        if (Durable.parent(file).toRealPath().startsWith(log.toRealPath())
                || (Files.exists(file) && file.toRealPath().startsWith(log.toRealPath()))) {
            throw new IOException(file + " lies in " + log + " (expected: elsewhere, for who can write the log"
                    + " could sign another one)");
        }
        SigningKeys signing = new SigningKeys(file, sealed, Files.exists(file) ? read(file) : List.of());
        if (signing.keys.isEmpty()) {
            signing.keep(List.of(held(NoteKey.generate(name), now)));
        } else {
            KeyList.keep(sealed, signing.periods());
        }
        return signing;
    }

    private static Held held(NoteKey key, Instant now) {
        return new Held(key, new KeyPeriod(key.verifier(), now.truncatedTo(ChronoUnit.SECONDS), KeyPeriod.OPEN));
    }

    private static List<Held> read(Path file) throws IOException {
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
        if (!Durable.OWNER.containsAll(mode)) {
            throw new IOException(file + " can be used by others (expected: mode 0600)");
        }
        List<Held> keys = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            number++;
            if (!line.isEmpty() && !line.startsWith("#")) {
                keys.add(parse(file, number, line.split(" ", -1)));
            }
        }
        return keys;
    }

    private static Held parse(Path file, int number, String[] words) throws IOException {
        try {
            if (words.length == 3) {
                NoteKey key = NoteKey.parse(words[0]);
                return new Held(key, new KeyPeriod(key.verifier(), Instant.parse(words[1]), KeyPeriod.until(words[2])));
            }
        } catch (IllegalArgumentException | DateTimeException e) {
            // said below, without the line: it is a secret
        }
        throw new IOException(file + ", line " + number + ": no key (expected: PRIVATE+KEY+…, since, until or -)");
    }

    /** A new key signs from now on; those before it sign as well for as long as {@code both}. Blocks. */
    public synchronized VerifierKey rotate(Instant now, Duration both) throws IOException {
        Instant end = now.plus(both).truncatedTo(ChronoUnit.SECONDS);
        List<Held> next = new ArrayList<>();
        for (Held held : keys) {
            KeyPeriod period = held.period;
            Instant until = period.until().isBefore(end) ? period.until() : end;
            next.add(new Held(held.key, new KeyPeriod(period.key(), period.since(), until)));
        }
        String name = keys.get(keys.size() - 1).key.verifier().name();
        Held added = held(NoteKey.generate(name), now);
        next.add(added);
        keep(next);
        return added.key.verifier();
    }

    /** The public halves, the newest last. */
    public synchronized List<KeyPeriod> periods() {
        return keys.stream().map(Held::period).toList();
    }

    /** Signs with every key whose time has not come; the newest signs in any case, and first. */
    synchronized Note sign(String text, Instant now) {
        List<Note.Signature> signatures = new ArrayList<>();
        for (int i = keys.size() - 1; i >= 0; i--) {
            if (i == keys.size() - 1 || keys.get(i).period.signsAt(now)) {
                signatures.add(keys.get(i).key.sign(text));
            }
        }
        return new Note(text, signatures);
    }

    /** Public first: a key that signs is always known. What does not sign any more is no secret worth keeping. */
    private void keep(List<Held> next) throws IOException {
        KeyList.keep(sealed, next.stream().map(Held::period).toList());
        StringBuilder text = new StringBuilder(TITLE);
        for (Held held : next) {
            text.append(held.key.secret())
                    .append(' ')
                    .append(held.period.times())
                    .append('\n');
        }
        Durable.replace(file, text.toString().getBytes(StandardCharsets.UTF_8));
        keys = List.copyOf(next);
    }

    /** The newest checkpoint that was signed with these keys, as far as is remembered beside them. */
    Optional<byte[]> lastSigned() throws IOException {
        Path last = last();
        return Files.exists(last) ? Optional.of(Files.readAllBytes(last)) : Optional.empty();
    }

    void remember(Note signed) throws IOException {
        Durable.replace(last(), signed.bytes());
    }

    private Path last() {
        return file.resolveSibling(file.getFileName() + ".last");
    }
}
