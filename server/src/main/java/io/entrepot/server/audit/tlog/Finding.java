package io.entrepot.server.audit.tlog;

/**
 * Something that is not as it must be in an unchanged log.
 *
 * @param from the first record that is concerned; where {@code to} is not above it, no record is
 */
public record Finding(Kind kind, long from, long to, String message) {

    /** What is wrong. */
    public enum Kind {
        /** A record is not the one that was sealed. */
        RECORD,
        /** A record says that its place is another. */
        SEQUENCE,
        /** Records cannot be read from their file. */
        ENTRIES,
        /** Records are in no file. */
        MISSING,
        /** The hashes of records are not those that a checkpoint confirms. */
        HASHES,
        /** Upper tiles do not follow from the hashes below; they can be derived again. */
        TREE,
        /** A checkpoint that lies beside the log, or the list of them, is none, or has another root. */
        CHECKPOINT,
        /** A signature does not hold. */
        SIGNATURE,
        /** A checkpoint is signed by none of the keys that were named. */
        KEY,
        /** A checkpoint is of another log. */
        ORIGIN,
        /** There is a checkpoint of more records than there are. */
        TRUNCATED,
        /** A checkpoint from elsewhere, of this log and signed by its key, has another root. */
        FORK,
        /** The checkpoint that lies beside the log is not the newest that was signed. */
        OLDER
    }

    /** Whether it names records. */
    public boolean namesRecords() {
        return from < to;
    }

    @Override
    public String toString() {
        String where =
                !namesRecords() ? "" : to - from == 1 ? " record " + from : " records " + from + " to " + (to - 1);
        return kind + where + ": " + message;
    }
}
