package io.entrepot.server.audit.journal;

/**
 * What a record says: a JSON object without its first brace, for the journal puts the brace, {@code "seq":N} and a comma before
 * it. It may be made only when it is written, so that whoever reports something does not wait for that.
 */
public interface Body {

    /** About so many bytes it takes while it waits; 1 to {@link JournalOptions#largestBody}. */
    int weight();

    /**
     * The bytes, 1 to {@link JournalOptions#largestBody}; not to be changed afterwards. Asked for once, by the thread that
     * writes. Must not fail: all that is written together with it would fail too.
     */
    byte[] bytes();

    /** One that is made already. */
    static Body of(byte[] bytes) {
        return new Body() {
            @Override
            public int weight() {
                return bytes.length;
            }

            @Override
            public byte[] bytes() {
                return bytes;
            }
        };
    }
}
