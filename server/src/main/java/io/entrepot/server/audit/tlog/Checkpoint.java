package io.entrepot.server.audit.tlog;

import java.util.Arrays;
import java.util.List;

/**
 * The head of a log at one size (C2SP tlog-checkpoint), as the text of a note:
 *
 * <pre>
 *   mirror.example/audit
 *   20852163
 *   CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
 * </pre>
 */
public record Checkpoint(String origin, long size, Hash root, List<String> extensions) {

    public Checkpoint {
        extensions = List.copyOf(extensions);
        if (origin.isEmpty() || origin.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("origin: " + Bytes.shown(origin) + " (expected: one line)");
        }
        if (size < 0) {
            throw new IllegalArgumentException("size: " + size + " (expected: >= 0)");
        }
    }

    public static Checkpoint of(String origin, long size, Hash root) {
        return new Checkpoint(origin, size, root, List.of());
    }

    /** From a note's text; @throws IllegalArgumentException if it is no checkpoint. */
    public static Checkpoint parse(String text) {
        String[] lines = text.split("\n", -1);
        if (lines.length < 4 || !text.endsWith("\n")) {
            throw new IllegalArgumentException("checkpoint: " + (lines.length - 1) + " lines (expected: at least 3)");
        }
        List<String> extensions = Arrays.asList(lines).subList(3, lines.length - 1);
        if (extensions.contains("")) {
            throw new IllegalArgumentException("checkpoint: an empty line (expected: none)");
        }
        return new Checkpoint(lines[0], Bytes.decimal(lines[1]), Hash.parse(lines[2]), extensions);
    }

    /** The text to be signed. */
    public String text() {
        StringBuilder text = new StringBuilder(origin + "\n" + size + "\n" + root + "\n");
        extensions.forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }
}
