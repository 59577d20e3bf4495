package io.entrepot.server.content;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.BlobReply;
import io.entrepot.server.upstream.Upstream;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.server.upstream.UpstreamException.Kind;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one blob from an upstream, over as many requests as it takes: a transfer that breaks or trickles is taken
 * up again by Range where it ended, or from 0 where that is all the upstream offers.
 *
 * <p>One call at a time. After a restart from 0, chunks come that the caller has already; their position says so.
 */
final class BlobStream {

    /** So many bytes without a break, and the breaks before them are forgotten. */
    private static final long FORGIVE_AFTER = 64L * 1024 * 1024;

    private static final int MOST_OTHERS = 8;
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;

    private volatile Upstream upstream;
    /** For whom else it is, each with what they brought; guarded by itself. */
    private final Deque<Upstream> others = new ArrayDeque<>();

    private final Repository repository;
    private final Digest digest;
    private final int resumes;
    private final ContentStats stats;
    private final Rate rate;

    /** The hosts that it came from, of an upstream with several; guarded by itself. */
    private final Set<String> sources = new LinkedHashSet<>();

    private OptionalLong size = OptionalLong.empty();
    private Optional<String> validator = Optional.empty();
    private volatile @Nullable BlobReply reply;
    private volatile boolean closed;
    private volatile @Nullable CompletableFuture<Void> pausing;
    private long position;
    private long furthest;
    private long sinceBreak;
    private int breaks;
    private boolean rangesFail;
    private boolean tooSlow;

    BlobStream(Upstream upstream, Repository repository, Digest digest, int resumes, ContentStats stats) {
        this.upstream = upstream;
        this.repository = repository;
        this.digest = digest;
        this.resumes = resumes;
        this.stats = stats;
        this.rate = new Rate(
                upstream.config().minRate(), upstream.config().deadlines().idle());
    }

    /** Bytes and where they belong; whoever gets a chunk releases its bytes. */
    record Chunk(long position, ByteBuf bytes) {}

    /** It is for somebody else, too, whom the upstream lets read it: asked with what they brought if it refuses whoever began. */
    void alsoFor(Upstream other) {
        synchronized (others) {
            boolean known = Stream.concat(Stream.of(upstream), others.stream())
                    .anyMatch(each -> each.caller().equals(other.caller()));
            if (!known && others.size() < MOST_OTHERS) {
                others.add(other);
            }
        }
    }

    private void turnToAnother() {
        synchronized (others) {
            Upstream next = others.poll();
            upstream = next == null ? upstream : next;
        }
    }

    /** Asks for the bytes from here on; completes with the size of the whole, if the upstream says it. Not retried. */
    CompletableFuture<OptionalLong> open(long from) {
        return upstream.blob(repository, digest, from, validator).thenApply(opened -> {
            accept(opened);
            return size;
        });
    }

    /** The next bytes; empty when the upstream says that this was all. Fails when resuming failed, too. */
    CompletableFuture<Optional<Chunk>> next() {
        BlobReply current = reply;
        if (current == null || closed) {
            return CompletableFuture.failedFuture(stopped());
        }
        if (tooSlow) {
            return broken(new UpstreamException(Kind.TIMEOUT, "the transfer fell below the minimum rate"));
        }
        long asked = System.nanoTime();
        return current.next()
                .<CompletableFuture<Optional<Chunk>>>handle((bytes, failure) ->
                        failure != null ? broken(Failures.cause(failure)) : arrived(bytes, System.nanoTime() - asked))
                .thenCompose(chunk -> chunk);
    }

    /** Stops; the connection is closed unless it was read to its end. */
    void close() {
        closed = true;
        CompletableFuture<Void> waiting = pausing;
        if (waiting != null) {
            waiting.completeExceptionally(stopped());
        }
        dropConnection();
    }

    /** What came does not hash to the digest: tells the upstream so. Returns what is wrong, in words. */
    String wrong() {
        Set<String> from;
        synchronized (sources) {
            from = new LinkedHashSet<>(sources);
        }
        upstream.sentWrong(digest, from);
        String hosts = from.isEmpty() ? "" : " (at " + String.join(", ", from) + ")";
        return "the bytes do not hash to the digest" + hosts;
    }

    private static UpstreamException stopped() {
        return new UpstreamException(Kind.CUT, "the transfer was stopped");
    }

    private void accept(BlobReply opened) {
        reply = opened;
        if (closed) {
            opened.close();
            throw stopped();
        }
        if (size.isPresent() && opened.size().isPresent() && !size.equals(opened.size())) {
            opened.close();
            throw new UpstreamException(
                    Kind.INVALID,
                    digest + " was " + size.getAsLong() + " bytes and is now "
                            + opened.size().getAsLong());
        }
        if (opened.size().isPresent()) {
            size = opened.size();
        }
        if (validator.isEmpty()) {
            validator = opened.validator();
        }
        if (!opened.endpoint().isEmpty()) {
            synchronized (sources) {
                sources.add(opened.endpoint());
            }
        }
        position = opened.from();
        rate.restart();
        tooSlow = false;
    }

    private CompletableFuture<Optional<Chunk>> arrived(Optional<ByteBuf> bytes, long waitedNanos) {
        if (bytes.isEmpty()) {
            return size.isPresent() && position < size.getAsLong()
                    ? broken(new UpstreamException(Kind.CUT, "the body ended at byte " + position))
                    : CompletableFuture.completedFuture(Optional.empty());
        }
        int length = bytes.get().readableBytes();
        stats.bytesFetched.add(length);
        Chunk chunk = new Chunk(position, bytes.get());
        position += length;
        progressed();
        tooSlow = rate.tooSlow(length, waitedNanos);
        return CompletableFuture.completedFuture(Optional.of(chunk));
    }

    /** What came before is no progress: it may come again and again. */
    private void progressed() {
        sinceBreak += Math.max(0, position - furthest);
        furthest = Math.max(furthest, position);
        if (sinceBreak >= FORGIVE_AFTER) {
            breaks = 0;
        }
    }

    private void dropConnection() {
        BlobReply current = reply;
        if (current != null) {
            current.close();
        }
    }

    private CompletableFuture<Optional<Chunk>> broken(Throwable failure) {
        dropConnection();
        if (closed || !mayResume(failure) || breaks >= resumes || isTooLong(wait(failure))) {
            return CompletableFuture.failedFuture(failure);
        }
        breaks++;
        sinceBreak = 0;
        stats.resumes.increment();
        rangesFail |= is(Kind.INVALID, failure);
        if (is(Kind.REFUSED, failure)) {
            turnToAnother();
        }
        long pause = Math.max(wait(failure), pause(breaks));
        return after(pause)
                .thenCompose(done -> open(rangesFail ? 0 : position))
                .<CompletableFuture<Optional<Chunk>>>handle(
                        (opened, again) -> again == null ? next() : broken(Failures.cause(again)))
                .thenCompose(chunk -> chunk);
    }

    private static boolean is(Kind kind, Throwable failure) {
        return failure instanceof UpstreamException said && said.kind() == kind;
    }

    /** Completes after so long, or fails as soon as the stream is closed. */
    private CompletableFuture<Void> after(long millis) {
        CompletableFuture<Void> passed = new CompletableFuture<>();
        pausing = passed;
        CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, Runnable::run)
                .execute(() -> passed.complete(null));
        if (closed) {
            passed.completeExceptionally(stopped());
        }
        return passed;
    }

    /** 50 ms, 200 ms, 800 ms, …, and up to half as long again, so that those that broke together do not come again together. */
    private static long pause(int breaks) {
        long pause = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(20, 2 * (breaks - 1)));
        return pause + ThreadLocalRandom.current().nextLong(pause / 2);
    }

    /** For how many milliseconds the upstream wants to be left alone. */
    private static long wait(Throwable failure) {
        return failure instanceof UpstreamException said ? said.retryAfter().toMillis() : 0;
    }

    private static boolean isTooLong(long millis) {
        return millis > LONGEST_PAUSE_MILLIS;
    }

    /** A wrong answer to a range request is one more reason to ask from 0; a wrong answer from 0 is final. */
    private boolean mayResume(Throwable failure) {
        return failure instanceof UpstreamException said
                && switch (said.kind()) {
                    case CUT, TIMEOUT, UNREACHABLE, FAILED, RATE_LIMITED, REFUSED, BUSY, SUSPENDED, WITHHELD -> true;
                    case INVALID -> !rangesFail && position > 0;
                    case NOT_FOUND, OFFLINE -> false;
                };
    }
}
