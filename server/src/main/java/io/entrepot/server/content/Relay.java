package io.entrepot.server.content;

import io.entrepot.oci.RegistryException;
import io.entrepot.server.content.BlobStream.Chunk;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A reader of a blob that is passed through and not kept: the whole blob is hashed as it passes, the reader's range of
 * it is given out, and its last 64 KiB are held in memory until the digest agrees.
 *
 * <p>One {@code next} at a time; {@code close} may come from any thread.
 */
final class Relay implements BodyReader {

    /** Bytes of the prefix hashed in one go, so that one reader does not keep a thread of the store's pool. */
    private static final long SLICE = 32L * 1024 * 1024;

    private final Relays relays;
    private final Target target;
    private final long size;
    private final Prefix prefix;
    private final BlobStream stream;
    private final MessageDigest hash;
    /** Bytes of the range that were read and not given out; guarded by itself, with {@link #closed}. */
    private final Deque<ByteBuf> held = new ArrayDeque<>();

    private boolean closed;
    /** Guarded by {@link #held}. */
    private boolean placed;

    private long heldBytes;
    private long givenOut;
    private long to;
    private long hashed;
    private boolean opened;
    private boolean verified;

    /**
     * A relay of the whole blob, see {@link #limit}.
     *
     * @param stream not opened yet
     * @param place whether one of {@link Relays#places} is taken for it, or it takes one when it opens
     * @param prefix the bytes from 0 on that are in a file already, and need not come again; they are hashed from there
     */
    Relay(Relays relays, Target target, long size, BlobStream stream, Prefix prefix, Place place) {
        this.placed = place == Place.TAKEN;
        this.relays = relays;
        this.target = target;
        this.size = size;
        this.to = size;
        this.stream = stream;
        this.prefix = prefix;
        this.hash = target.digest().algorithm().newHash();
    }

    /** A relay of a transfer that somebody else opened at byte 0. */
    static Relay ofOpen(Relays relays, Target target, long size, BlobStream stream) {
        Relay relay = new Relay(relays, target, size, stream, Prefix.NONE, Place.TAKEN);
        relay.opened = true;
        return relay;
    }

    /** Whether it has its place yet; it gives it back when it is closed. */
    enum Place {
        TAKEN,
        WANTED
    }

    /** The beginning of the blob, in a file; length 0: nothing is there. */
    record Prefix(@Nullable FileChannel file, long length) {
        static final Prefix NONE = new Prefix(null, 0);
    }

    /** Asks the upstream already, so that its refusal can be told before anything else is. */
    CompletableFuture<Void> start() {
        return open().whenComplete((done, failure) -> {
            if (failure != null) {
                close();
            }
        });
    }

    /** Narrows the range, before the first {@link #next}. */
    Relay limit(long from, long end) {
        givenOut = from;
        to = end;
        return this;
    }

    @Override
    public CompletableFuture<Piece> next(int max) {
        CompletableFuture<Piece> promise = new CompletableFuture<>();
        advance(max, promise);
        return promise;
    }

    /** Reads on until a piece may go out: for the last bytes of a large blob, past all that is before them. */
    private void advance(int max, CompletableFuture<Piece> promise) {
        Optional<Piece> ready = take(max);
        if (ready.isPresent()) {
            promise.complete(ready.get());
            return;
        }
        CompletableFuture<Void> more = opened ? read() : open();
        more.whenComplete((done, failure) -> {
            if (failure == null) {
                advance(max, promise);
            } else {
                promise.completeExceptionally(Failures.cause(failure));
            }
        });
    }

    /** What may go out now: everything once the digest agrees, before that all but the last 64 KiB of the range. */
    private Optional<Piece> take(int max) {
        synchronized (held) {
            long allowed = verified ? heldBytes : Math.min(heldBytes, to - Gate.WITHHELD - givenOut);
            ByteBuf first = held.peek();
            if (first == null || allowed <= 0) {
                return Optional.empty();
            }
            int length = (int) Math.min(Math.min(max, allowed), first.readableBytes());
            givenOut += length;
            heldBytes -= length;
            if (length == first.readableBytes()) {
                return Optional.of(new Piece.Memory(held.remove()));
            }
            return Optional.of(new Piece.Memory(first.readRetainedSlice(length)));
        }
    }

    private CompletableFuture<Void> open() {
        opened = true;
        return place().thenCompose(done -> hashPrefix())
                .thenCompose(done -> stream.open(hashed))
                .thenAccept(said -> {
                    if (said.isPresent() && said.getAsLong() != size) {
                        throw new RegistryException.BadUpstream(target.digest() + " is " + said.getAsLong()
                                + " bytes at the upstream (expected: " + size + ")");
                    }
                });
    }

    private CompletableFuture<Void> place() {
        synchronized (held) {
            if (placed) {
                return CompletableFuture.completedFuture(null);
            }
        }
        return relays.places().take().thenAccept(taken -> settle());
    }

    private void settle() {
        synchronized (held) {
            placed = !closed;
            if (placed) {
                return;
            }
        }
        relays.places().giveBack();
        throw new RegistryException.Unavailable("nobody reads any more", Duration.ZERO);
    }

    private CompletableFuture<Void> hashPrefix() {
        FileChannel file = prefix.file();
        return file == null || hashed >= prefix.length()
                ? CompletableFuture.completedFuture(null)
                : relays.store().act(() -> hashSlice(file)).thenCompose(done -> hashPrefix());
    }

    private void hashSlice(FileChannel file) throws IOException {
        byte[] chunk = new byte[64 * 1024];
        long end = Math.min(prefix.length(), hashed + SLICE);
        while (hashed < end) {
            hashed += hashChunk(file, chunk);
        }
    }

    private int hashChunk(FileChannel file, byte[] chunk) throws IOException {
        int length = (int) Math.min(chunk.length, prefix.length() - hashed);
        int read = file.read(ByteBuffer.wrap(chunk, 0, length), hashed);
        if (read < 0) {
            throw new IOException("the file ended at " + hashed + " (expected: " + prefix.length() + " bytes)");
        }
        hash.update(chunk, 0, read);
        return read;
    }

    private CompletableFuture<Void> read() {
        if (hashed == size) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException("read beyond the end of " + target.digest()));
        }
        return stream.next().thenCompose(chunk -> {
            if (chunk.isEmpty()) {
                throw new RegistryException.BadUpstream(target.digest() + " ended short at the upstream");
            }
            return relays.store()
                    .act(() -> accept(chunk.get()))
                    .whenComplete((done, failure) -> chunk.get().bytes().release());
        });
    }

    /** Hashes what is new of a chunk and holds what of it belongs to the range. */
    private void accept(Chunk chunk) {
        ByteBuf bytes = chunk.bytes();
        long end = chunk.position() + bytes.readableBytes();
        if (end > size) {
            throw new RegistryException.BadUpstream(target.digest() + " is longer than " + size + " bytes");
        }
        int repeated = (int) Math.min(bytes.readableBytes(), Math.max(0, hashed - chunk.position()));
        ByteBuf fresh = bytes.slice(bytes.readerIndex() + repeated, bytes.readableBytes() - repeated);
        hash.update(fresh.nioBuffer());
        hold(fresh, hashed);
        hashed += fresh.readableBytes();
        if (hashed == size) {
            finish();
        }
    }

    private void hold(ByteBuf fresh, long position) {
        synchronized (held) {
            long start = Math.max(position, givenOut + heldBytes);
            long end = Math.min(position + fresh.readableBytes(), to);
            if (!closed && start < end) {
                int offset = (int) (start - position);
                held.add(fresh.retainedSlice(fresh.readerIndex() + offset, (int) (end - start)));
                heldBytes += end - start;
            }
        }
    }

    private void finish() {
        stream.close();
        if (!MessageDigest.isEqual(
                hash.digest(), HexFormat.of().parseHex(target.digest().hex()))) {
            throw wrong();
        }
        synchronized (held) {
            verified = true;
        }
    }

    private RegistryException wrong() {
        String detail = stream.wrong();
        relays.incidents()
                .report(new Incident.WrongBytes(
                        target.upstream().registry(), target.repository(), target.digest(), detail));
        relays.stats().wrongBytes.increment();
        return new RegistryException.BadUpstream(target.digest() + ": " + detail);
    }

    @Override
    public void close() {
        stream.close();
        boolean leaves;
        synchronized (held) {
            closed = true;
            leaves = placed;
            placed = false;
            held.forEach(ByteBuf::release);
            held.clear();
            heldBytes = 0;
        }
        if (leaves) {
            relays.places().giveBack();
        }
    }
}
