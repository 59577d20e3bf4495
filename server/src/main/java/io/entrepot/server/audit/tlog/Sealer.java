package io.entrepot.server.audit.tlog;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One thread that takes what became durable into the tree, seals whole volumes, and signs checkpoints.
 *
 * <pre>
 *   reading ──► signing, every second or 10,000 records ──► closed
 *      └───────────┴── what is there contradicts what was signed ──► stopped: nothing is signed any more
 * </pre>
 */
public final class Sealer implements AutoCloseable {

    /** When volumes cannot be sealed, so many wait in memory, at 2 MiB each; then no more records are taken. */
    private static final int MOST_UNSEALED = 16;

    /** So many records are read before it is looked whether a checkpoint is due. */
    private static final int STEP = 10_000;

    /** How often it is looked whether there are enough records for a checkpoint. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final SealedStore store;
    private final RecordSource source;
    private final LogHead head;
    private final SealerOptions options;
    private final SealerListener listener;
    private final Clock clock;
    private final List<Handing> sinks = new ArrayList<>();
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    private final Queue<Asked> asked = new ArrayDeque<>(); // guarded by lock
    private final Queue<Cosigned> cosigned = new ArrayDeque<>(); // guarded by lock
    private boolean closing; // guarded by lock
    private boolean over; // guarded by lock

    private volatile Tree tree;
    private final List<Asked> waiting = new ArrayList<>(); // the sealer's thread
    private boolean derivedAgain; // the sealer's thread
    private String why = "the log is closed"; // the sealer's thread
    private Optional<Instant> signedAt = Optional.empty(); // the sealer's thread

    private record Asked(long size, CompletableFuture<SignedCheckpoint> answer) {}

    private record Cosigned(SignedCheckpoint checkpoint, List<Note.Signature> signatures) {}

    private Sealer(
            SealedStore store,
            RecordSource source,
            LogHead head,
            SealerOptions options,
            SealerListener listener,
            Clock clock)
            throws IOException {
        this.store = store;
        this.source = source;
        this.head = head;
        this.options = options;
        this.listener = listener;
        this.clock = clock;
        this.tree = store.tree();
        this.thread = new Thread(this::run, "audit-sealer");
    }

    /** Opens a log; nothing happens before {@link #start}. The source must have what is not sealed. */
    public static Sealer open(
            SealedStore store,
            RecordSource source,
            SigningKeys keys,
            SealerOptions options,
            SealerListener listener,
            Clock clock)
            throws IOException {
        LogHead head = LogHead.open(store.directory(), keys, options.origin());
        return new Sealer(store, source, head, options, listener, clock);
    }

    /** Checkpoints will go there too; to be said before the start. */
    public Sealer to(CheckpointSink sink) {
        sinks.add(new Handing(sink, listener));
        return this;
    }

    /** Places that did not take the last checkpoint that was handed to them. Any thread. */
    public long unhanded() {
        return sinks.stream().filter(Handing::isFailing).count();
    }

    public Sealer start() {
        thread.start();
        return this;
    }

    /** The tree as far as it is read; it may be ahead of the newest checkpoint. */
    public Tree tree() {
        return tree;
    }

    /** The newest checkpoint, with the cosignatures that came for it; empty before the first of this run. */
    public Optional<SignedCheckpoint> newest() {
        return head.newest();
    }

    /** A checkpoint over all that is durable now, signed at once. Fails if nothing is signed any more. */
    public CompletableFuture<SignedCheckpoint> checkpoint() {
        CompletableFuture<SignedCheckpoint> answer = new CompletableFuture<>();
        lock.lock();
        try {
            if (over) {
                answer.completeExceptionally(new IllegalStateException("the log is closed, or was stopped"));
            } else {
                asked.add(new Asked(source.size(), answer));
                wake.signal();
            }
        } finally {
            lock.unlock();
        }
        return answer;
    }

    /** Adds what a witness said of a checkpoint of this log. */
    void cosigned(SignedCheckpoint checkpoint, List<Note.Signature> signatures) {
        lock.lock();
        try {
            cosigned.add(new Cosigned(checkpoint, signatures));
            wake.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Signs a last checkpoint over all that is durable, and ends. */
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            closing = true;
            wake.signal();
        } finally {
            lock.unlock();
        }
        awaitEnd();
        head.close();
    }

    private void awaitEnd() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        boolean last = false;
        while (!last) {
            last = await();
            try {
                round();
            } catch (Contradiction e) {
                last |= !derivedAgain(e);
            } catch (IOException | RuntimeException e) {
                listener.failed(e);
                refuse(e);
            }
        }
        end();
    }

    private void refuse(Exception cause) {
        waiting.forEach(one -> one.answer.completeExceptionally(cause));
        waiting.clear();
    }

    /** Returns when it is time, enough records are there, or somebody waits; true if this is the last time. */
    private boolean await() {
        lock.lock();
        try {
            long end = System.nanoTime() + options.every().toNanos();
            long left = options.every().toNanos();
            boolean enough = false;
            while (!closing && asked.isEmpty() && cosigned.isEmpty() && left > 0 && !enough) {
                wake.awaitNanos(Math.min(left, LOOK_NANOS));
                left = end - System.nanoTime();
                enough = readable(source.size()) - tree.size() >= options.records();
            }
            return closing;
        } catch (InterruptedException e) {
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void round() throws IOException, Contradiction {
        addCosignatures();
        waiting.addAll(taken(asked));
        if (source.first() > tree.size()) {
            throw new Contradiction("records " + tree.size() + " to " + (source.first() - 1)
                    + " are neither sealed nor in the journal");
        }
        if (!grow() && (!waiting.isEmpty() || isDue(options.heartbeat()))) {
            sign();
        }
        answer();
    }

    private void addCosignatures() throws IOException {
        for (Cosigned one : taken(cosigned)) {
            head.cosigned(one.checkpoint, one.signatures, clock.instant());
        }
    }

    private <T> List<T> taken(Queue<T> queue) {
        lock.lock();
        try {
            List<T> all = List.copyOf(queue);
            queue.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }

    private void answer() {
        Optional<SignedCheckpoint> newest = head.newest();
        for (Asked one : waiting) {
            if (newest.isPresent() && newest.get().head().size() >= one.size) {
                one.answer.complete(newest.get());
            } else {
                one.answer.completeExceptionally(new IllegalStateException("the log cannot be sealed at the moment"));
            }
        }
        waiting.clear();
    }

    /** Takes what is new, and signs it; false if nothing was signed. */
    private boolean grow() throws IOException, Contradiction {
        boolean signed = false;
        long target = source.size();
        for (long end = readable(target); tree.size() < end; end = readable(target)) {
            source.read(tree.size(), Math.min(end, stepFrom(tree.size())), this::take);
            seal();
            if (tree.size() >= head.signedSize() && (tree.size() >= readable(target) || isDue(options.every()))) {
                sign();
                signed = true;
            }
        }
        return signed;
    }

    /** Not beyond the volume, so that it can be sealed before the next is begun. */
    private static long stepFrom(long size) {
        return Math.min(size + STEP, (size / Volume.RECORDS + 1) * Volume.RECORDS);
    }

    private void take(long index, byte[] record) {
        Hash leaf = Hash.leaf(record);
        tree.append(leaf);
        try {
            store.take(index, record, leaf, tree);
        } catch (IOException e) {
            listener.failed(e);
        }
    }

    private long readable(long target) {
        return Math.min(target, store.size() + (long) MOST_UNSEALED * Volume.RECORDS);
    }

    /** A disk that is full does not stop checkpoints: the records are still where they came from. */
    private void seal() throws Contradiction {
        try {
            while (tree.size() - store.size() >= Volume.RECORDS) {
                store.seal(source, tree);
                head.force();
                listener.sealed(store.size());
            }
        } catch (RecordChanged e) {
            throw new Contradiction(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            listener.failed(e);
        }
    }

    private boolean isDue(Duration after) {
        Instant now = clock.instant();
        return signedAt.isEmpty()
                || now.isBefore(signedAt.get())
                || Duration.between(signedAt.get(), now).compareTo(after) >= 0;
    }

    private void sign() throws IOException, Contradiction {
        Instant now = clock.instant();
        SignedCheckpoint checkpoint = head.sign(tree, now);
        signedAt = Optional.of(now);
        listener.signed(checkpoint);
        sinks.forEach(sink -> sink.offer(checkpoint));
    }

    /** Before anybody is accused, what can be derived is derived again, once. */
    private boolean derivedAgain(Contradiction first) {
        Contradiction cause = first;
        if (!derivedAgain) {
            derivedAgain = true;
            try {
                store.deriveTree();
                tree = store.tree();
                round();
                listener.failed(
                        new IOException("upper tiles did not agree with what was signed; derived again, they do"));
                return true;
            } catch (Contradiction e) {
                cause = e;
            } catch (IOException | RuntimeException e) {
                listener.failed(e);
                refuse(e);
                return true;
            }
        }
        why = String.valueOf(cause.getMessage());
        listener.stopped(why);
        return false;
    }

    private void end() {
        lock.lock();
        try {
            over = true;
            waiting.addAll(asked);
            asked.clear();
        } finally {
            lock.unlock();
        }
        refuse(new IllegalStateException(why));
        try {
            store.giveUp();
        } catch (IOException e) {
            listener.failed(e);
        }
    }
}
