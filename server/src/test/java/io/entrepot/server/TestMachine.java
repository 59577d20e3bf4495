package io.entrepot.server;

import io.entrepot.server.net.Clients;
import io.entrepot.server.net.Machine;
import io.entrepot.server.net.Transport;
import io.netty.channel.EventLoopGroup;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** A machine with an environment of the test's own, on which time passes when the test says so. */
public final class TestMachine implements AutoCloseable {

    private final AtomicLong now = new AtomicLong();
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final EventLoopGroup loops = Transport.best().loops(1, "test-machine");
    private final Machine machine;

    private TestMachine(Map<String, String> environment) {
        machine = new Machine(environment, Clock.systemUTC(), now::get, threads, Clients.on(loops));
    }

    public static TestMachine with(Map<String, String> environment) {
        return new TestMachine(environment);
    }

    public Machine machine() {
        return machine;
    }

    public void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    /** What the future was completed with. */
    public static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("it failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("it did not complete", e);
        }
    }

    /** Why the future failed. */
    public static Throwable failure(CompletableFuture<?> future) {
        try {
            throw new AssertionError("it did not fail: " + future.get(60, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("it did not complete", e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
