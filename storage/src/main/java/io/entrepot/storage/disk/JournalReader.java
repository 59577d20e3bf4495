package io.entrepot.storage.disk;

import java.util.Arrays;
import java.util.Optional;

/** Reads a journal's bytes: good lines are records, bad ones are damage, what has no end of line is a torn end. */
final class JournalReader {

    private final byte[] bytes;
    private int end;
    private int lines;
    private int damaged;

    JournalReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Applies every good line. */
    void applyTo(RepositoryState state) {
        int bad = 0;
        int start = 0;
        for (int stop = lineEnd(start); stop >= 0; stop = lineEnd(start)) {
            Optional<JournalRecord> record = JournalLine.parse(Arrays.copyOfRange(bytes, start, stop));
            start = stop + 1;
            if (record.isPresent()) {
                record.get().applyTo(state);
                accept(start, bad);
                bad = 0;
            } else {
                bad++;
            }
        }
        damaged += bad;
    }

    private void accept(int next, int badBefore) {
        lines++;
        damaged += badBefore;
        end = next;
    }

    private int lineEnd(int start) {
        for (int i = start; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /** Where the good part ends. */
    int end() {
        return end;
    }

    int lines() {
        return lines;
    }

    /** Whole lines that could not be read. */
    int damaged() {
        return damaged;
    }
}
