package io.entrepot.server.content;

import java.util.concurrent.CompletableFuture;

/** The bytes of one manifest or blob, of which any range can be read; to be closed when nobody will open it any more. */
public sealed interface Body extends AutoCloseable permits Body.Bytes, Body.Streamed {

    /** The size of the whole in bytes. */
    long size();

    @Override
    void close();

    /** Small content in memory, whole and verified. */
    record Bytes(byte[] bytes) implements Body {

        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public void close() {}
    }

    /** Content in a file, growing or whole, or passed through. */
    non-sealed interface Streamed extends Body {

        /** A reader of the bytes {@code from} to {@code to} (exclusive). Its own last 64 KiB come when the digest is verified. */
        BodyReader open(long from, long to);

        /** Completes with whether the whole is in the store, when that is known; fails if it cannot be. */
        default CompletableFuture<Boolean> kept() {
            return CompletableFuture.completedFuture(false);
        }
    }
}
