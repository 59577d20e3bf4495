package io.entrepot.server.content;

import io.entrepot.oci.RegistryException;
import io.entrepot.server.upstream.Upstream;
import io.entrepot.storage.StoreFullException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One download in progress: one file, fed from an upstream at the pace of the disk, and any number of readers, at any
 * offset, each at its own pace. It belongs to nobody's connection.
 *
 * <pre>
 *   STARTING ── headers are right, size reserved ──▶ FILLING ── all there, digest agrees ──▶ VERIFIED ──▶ kept
 *    │    │                                           │  │  │
 *    │    └── no room: a relay takes the stream over  │  │  └── digest differs ──▶ FAILED: readers end short, nothing is kept
 *    └─── refused: the caller is told why             │  └───── upstream gave up ─▶ FAILED
 *                                                     └──────── disk is full ─────▶ FULL: readers go on as relays of their own
 * </pre>
 *
 * <p>Each holder (the download itself, and each body given out) keeps the file open; the last one closes it.
 */
final class Fill implements Growing.Shared {

    private static final Duration COME_AGAIN = Duration.ofSeconds(2);

    private final Target target;
    private final Store store;
    private final FillOptions options;
    private final BlobStream stream;
    private final Incidents incidents;
    private final ContentStats stats;
    private final Relays relays;
    private final Runnable onAbandoned;
    private final CompletableFuture<Fill> started = new CompletableFuture<>();
    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();

    private volatile long size;
    private volatile @Nullable FillRoom room;
    private volatile boolean stopped;
    /** Guarded by this. */
    private int bodies;
    /** Guarded by this. */
    private boolean running = true;
    /** Guarded by this. */
    private boolean closed;
    /** Guarded by this. */
    private boolean streamTaken;

    /**
     * @param relays what readers go on with if the file cannot grow
     * @param onAbandoned told when the last body was given back while bytes still come
     */
    Fill(
            Target target,
            Store store,
            FillOptions options,
            Incidents incidents,
            ContentStats stats,
            Relays relays,
            Runnable onAbandoned) {
        this.target = target;
        this.store = store;
        this.options = options;
        this.incidents = incidents;
        this.stats = stats;
        this.relays = relays;
        this.onAbandoned = onAbandoned;
        this.stream = new BlobStream(target.upstream(), target.repository(), target.digest(), options.resumes(), stats);
    }

    /** Bounds of one fill. */
    record FillOptions(int resumes, int maxRanges, int maxClients) {}

    /** How large the blob is, given what the upstream says; fails if that cannot be known or believed. */
    @FunctionalInterface
    interface Sizing {
        CompletableFuture<Size> size(OptionalLong said);
    }

    /** @param confirmed the upstream says so, too: on the word of a manifest alone nothing is evicted */
    record Size(long bytes, boolean confirmed) {}

    Target target() {
        return target;
    }

    /** Somebody else reads it, by way of the same repository. */
    void alsoFor(Upstream other) {
        stream.alsoFor(other);
    }

    /** Completes when the upstream's headers are right and the room is reserved; fails with what the client is told. */
    CompletableFuture<Fill> started() {
        return started;
    }

    /** Completes, never fails, when no more will come: true if the blob is in the store now. */
    CompletableFuture<Boolean> ended() {
        return ended;
    }

    @Override
    public Gate gate() {
        return room().gate();
    }

    private FillRoom room() {
        FillRoom reserved = room;
        if (reserved == null) {
            throw new IllegalStateException("not started: " + target.digest());
        }
        return reserved;
    }

    /**
     * A body for one more client, when this has {@link #started}; empty if the file is closed already. Fails as the start
     * does, or with a 503 if too many clients are here.
     */
    CompletableFuture<Optional<Growing>> body() {
        synchronized (this) {
            if (closed) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            if (bodies >= options.maxClients()) {
                return CompletableFuture.failedFuture(new RegistryException.Unavailable(
                        bodies + " clients wait for " + target.digest() + " already", COME_AGAIN));
            }
            bodies++;
        }
        return started.whenComplete((done, failure) -> {
                    if (failure != null) {
                        forget();
                    }
                })
                .thenApply(done -> Optional.of(new Growing(this)));
    }

    private void forget() {
        synchronized (this) {
            bodies--;
        }
        closeIfUnused();
    }

    /** Bytes still to come. */
    long remaining() {
        FillRoom reserved = room;
        return reserved == null ? 0 : size - reserved.file().prefix();
    }

    /** Readers that wait for what is to come. */
    int waiting() {
        FillRoom reserved = room;
        return reserved == null ? 0 : reserved.gate().waiting();
    }

    synchronized boolean isAbandoned() {
        return bodies == 0 && running && started.isDone();
    }

    /** Ends the download; what is there is dropped. */
    void stop() {
        stopped = true;
        stream.close();
    }

    /** Asks the upstream, then reserves the size that it and the manifests agree on. */
    void start(Sizing sizing) {
        if (stopped) {
            refuse(new RegistryException.Unavailable("downloads were stopped", Duration.ofSeconds(1)));
            return;
        }
        stream.open(0).thenCompose(sizing::size).thenCompose(this::reserve).whenComplete((done, failure) -> {
            if (failure == null) {
                stats.fillsStarted.increment();
                started.complete(this);
                begin();
            } else {
                refuse(Failures.cause(failure));
            }
        });
    }

    private CompletableFuture<Void> reserve(Size agreed) {
        size = agreed.bytes();
        return store.act(() -> {
            room = FillRoom.reserve(target, agreed, options.maxRanges(), store, stats);
        });
    }

    /** It does not start; whoever waits for it is told why. */
    void refuse(Throwable cause) {
        finish(false, () -> started.completeExceptionally(cause));
        takeStream().ifPresent(BlobStream::close);
    }

    /**
     * The transfer of a fill that found no room, open at byte 0, for one of those who waited when {@link #started} failed;
     * empty if it was taken already.
     */
    synchronized Optional<BlobStream> takeStream() {
        if (streamTaken) {
            return Optional.empty();
        }
        streamTaken = true;
        return Optional.of(stream);
    }

    /** Its size in bytes, known once the upstream has answered. */
    long size() {
        return size;
    }

    private void begin() {
        new Intake(stream, room().file(), store, gate()::advanced).start().whenComplete((done, failure) -> {
            if (failure == null) {
                verify();
            } else {
                broken(Failures.cause(failure));
            }
        });
    }

    private void verify() {
        store.call(() -> room().file().verify()).whenComplete((right, failure) -> {
            stream.close();
            if (failure != null) {
                broken(Failures.cause(failure));
            } else if (right) {
                stats.fillsCompleted.increment();
                gate().verified();
                commit();
            } else {
                wrong();
            }
        });
    }

    /** Readers have the tail already; whoever comes next finds the blob in the store. */
    private void commit() {
        store.act(() -> {
                    room().file().commit();
                })
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        notKept(Failures.cause(failure));
                    }
                    finish(failure == null, () -> {});
                });
    }

    private void wrong() {
        String detail = stream.wrong();
        incidents.report(
                new Incident.WrongBytes(target.upstream().registry(), target.repository(), target.digest(), detail));
        stats.wrongBytes.increment();
        fail(new RegistryException.BadUpstream(target.digest() + ": " + detail));
    }

    private void broken(Throwable cause) {
        stream.close();
        if (stopped) {
            stats.fillsAbandoned.increment();
            fail(new RegistryException.Unavailable("the download was stopped", Duration.ofSeconds(1)));
        } else if (cause instanceof StoreFullException) {
            notKept(cause);
            finish(false, () -> gate().failed(new Full()));
        } else {
            incidents.report(new Incident.TransferFailed(
                    target.upstream().registry(),
                    target.repository(),
                    target.digest(),
                    String.valueOf(cause.getMessage())));
            fail(Failures.told(cause, RegistryException.BlobUnknown::new));
        }
    }

    private void fail(RuntimeException told) {
        stats.fillsFailed.increment();
        finish(false, () -> gate().failed(told));
    }

    private void notKept(Throwable cause) {
        incidents.report(new Incident.NotKept(
                target.repository(), target.digest(), gate().size(), String.valueOf(cause.getMessage())));
    }

    /**
     * The end. Whoever asks from now on starts anew: only then are those who wait told, so that one who was refused and asks
     * again does not meet this download.
     */
    private void finish(boolean kept, Runnable tell) {
        ended.complete(kept);
        tell.run();
        synchronized (this) {
            running = false;
        }
        closeIfUnused();
    }

    @Override
    public BodyReader open(long from, long to) {
        return room().reader(from, to, this::relay);
    }

    @Override
    public CompletableFuture<Boolean> kept() {
        return ended;
    }

    /** What a reader goes on with when the file cannot grow: a transfer of its own, hashed over what is there first. */
    private BodyReader relay(long from, long to) {
        return relays.goOn(target, size, room().prefix()).limit(from, to);
    }

    @Override
    public void release() {
        boolean abandoned;
        synchronized (this) {
            bodies--;
            abandoned = bodies == 0 && running;
        }
        if (abandoned) {
            onAbandoned.run();
        }
        closeIfUnused();
    }

    private void closeIfUnused() {
        synchronized (this) {
            if (closed || running || bodies > 0) {
                return;
            }
            closed = true;
        }
        FillRoom unused = room;
        if (unused != null) {
            store.finish(() -> unused.file().close());
        }
    }

    /** The file cannot grow; what is there is right as far as anybody knows. */
    static final class Full extends RuntimeException {
        Full() {
            super("the disk is full", null, false, false);
        }
    }
}
