package io.entrepot.server.net;

import io.entrepot.server.net.HttpCall.Method;
import io.entrepot.server.net.NetException.Kind;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way to its final answer; one step at a time.
 *
 * <pre>
 *   IN LINE ──connection──▶ ASKED ──head──▶ ANSWERED
 *      ▲  ▲                  │ │
 *      │  └─unanswered, once─┘ │
 *      └──────redirect─────────┘
 * </pre>
 */
final class Sending {

    /** So much of a redirect's body is read, to keep its connection. */
    private static final int DRAINED = 64 * 1024;

    private final Pools pools;
    private final Egress egress;
    private final Redirects redirects;
    private final CompletableFuture<HttpReply> result = new CompletableFuture<>();
    private volatile @Nullable CompletableFuture<?> step;
    private volatile boolean elsewhere;

    private Sending(HttpCall call, Origin first, Pools pools, Egress egress) {
        this.pools = pools;
        this.egress = egress;
        this.redirects = new Redirects(call, first, egress);
    }

    /** Cancelling what this returns gives the call up. */
    static CompletableFuture<HttpReply> start(HttpCall call, Origin first, Pools pools, Egress egress) {
        Sending sending = new Sending(call, first, pools, egress);
        sending.result.whenComplete((reply, failure) -> sending.stop());
        sending.guard(() -> sending.hop(call));
        return sending.result;
    }

    private void hop(HttpCall call) {
        Outgoing request = Outgoing.of(call, Origin.of(call.uri()));
        // what must not be sent twice goes on a connection that is surely alive
        boolean once = call.method() == Method.POST;
        attempt(request, once, !once);
    }

    private void attempt(Outgoing request, boolean fresh, boolean again) {
        Turn turn = pools.take(request.origin(), fresh);
        then(turn, connection -> ask(request, connection, egress.headers().minus(turn.waited()), again), this::fail);
    }

    private void ask(Outgoing request, ClientConnection connection, Duration within, boolean again) {
        then(
                connection.send(request, within),
                reply -> answered(request, reply),
                failure -> unanswered(request, failure, again));
    }

    private void unanswered(Outgoing request, Throwable failure, boolean again) {
        if (failure instanceof Unanswered && again) {
            attempt(request, true, false);
        } else {
            fail(failure instanceof Unanswered ? Failure.cut(request.origin()) : failure);
        }
    }

    private void answered(Outgoing request, HttpReply reply) {
        Optional<HttpCall> next;
        try {
            next = redirects.after(request.call(), reply.status(), reply.header("Location"));
        } catch (NetException e) {
            reply.close();
            throw e;
        }
        if (next.isPresent()) {
            reply.body(DRAINED);
            elsewhere =
                    elsewhere || !request.origin().equals(Origin.of(next.get().uri()));
            hop(next.get());
        } else if (!result.complete(reply)) {
            reply.close();
        }
    }

    private <T> void then(CompletableFuture<T> begun, Consumer<T> done, Consumer<Throwable> failed) {
        step = begun;
        begun.whenComplete((value, failure) -> guard(() -> {
            if (failure == null) {
                done.accept(value);
            } else {
                failed.accept(failure);
            }
        }));
        if (result.isDone()) {
            begun.cancel(false);
        }
    }

    private void guard(Runnable next) {
        try {
            next.run();
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void fail(Throwable failure) {
        NetException why = failure instanceof CancellationException
                ? new NetException(Kind.CUT, "the request was given up")
                : Failure.of(failure);
        result.completeExceptionally(elsewhere ? why.elsewhere() : why);
    }

    private void stop() {
        CompletableFuture<?> running = step;
        if (running != null) {
            running.cancel(false);
        }
    }
}
