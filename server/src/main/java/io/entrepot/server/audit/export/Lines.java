package io.entrepot.server.audit.export;

import java.util.List;

/** Records as JSON lines. */
final class Lines {

    private Lines() {}

    static byte[] of(List<Entry> batch) {
        int length = batch.stream().mapToInt(entry -> entry.record().length + 1).sum();
        byte[] lines = new byte[length];
        int at = 0;
        for (Entry entry : batch) {
            System.arraycopy(entry.record(), 0, lines, at, entry.record().length);
            at += entry.record().length;
            lines[at++] = '\n';
        }
        return lines;
    }
}
