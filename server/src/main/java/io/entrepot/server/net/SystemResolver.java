package io.entrepot.server.net;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.entrepot.config.Network;
import io.entrepot.server.net.NetException.Kind;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Look-ups the way the system does them (hosts file, DNS), which block: each on a thread of its own, one at a time for each
 * name, however many ask. A name server that hangs cannot be left: the thread is held until the system gives up. So a name
 * is refused at once while its look-up is overdue, a client has no more than its share of threads, and names that were
 * never found leave room for those that were.
 */
final class SystemResolver {

    static final SystemResolver INSTANCE = new SystemResolver(InetAddress::getAllByName, Duration.ofSeconds(10));

    /** Look-ups under way, of all clients. */
    static final int MOST = 64;

    /** Of these, of names that were never found. */
    static final int MOST_STRANGERS = 32;

    /** Of one client. */
    static final int SHARE = 8;

    private static final int REMEMBERED = 10_000;

    private final Lookup lookup;
    private final Duration patience;
    private final Executor threads = Executors.newCachedThreadPool(SystemResolver::thread);
    private final Cache<String, Boolean> found =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    // guarded by this
    private final Map<String, Running> running = new HashMap<>();
    private int strangers;

    /** Finds the addresses of a name; blocks. */
    @FunctionalInterface
    interface Lookup {
        InetAddress[] find(String host) throws UnknownHostException;
    }

    private record Running(String host, Share of, boolean stranger, CompletableFuture<List<InetAddress>> addresses) {}

    /** @param patience after which who waits is told that it hangs */
    SystemResolver(Lookup lookup, Duration patience) {
        this.lookup = lookup;
        this.patience = patience;
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "entrepot-resolver");
        thread.setDaemon(true);
        return thread;
    }

    /** The look-ups of one more client. */
    Resolver share() {
        return new Share();
    }

    private final class Share implements Resolver {

        /** Guarded by the resolver. */
        private int underWay;

        @Override
        public CompletableFuture<List<InetAddress>> resolve(String host) {
            return literal(host)
                    .map(address -> CompletableFuture.completedFuture(List.of(address)))
                    .orElseGet(() -> SystemResolver.this.resolve(host, this).copy());
        }
    }

    /** An address in digits, which nobody has to be asked for. */
    private static Optional<InetAddress> literal(String host) {
        try {
            return Optional.of(Network.address(host));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private CompletableFuture<List<InetAddress>> resolve(String host, Share by) {
        Running mine;
        synchronized (this) {
            Running others = running.get(host);
            if (others != null) {
                return others.addresses();
            }
            boolean stranger = found.getIfPresent(host) == null;
            if (by.underWay >= SHARE || running.size() >= MOST || (stranger && strangers >= MOST_STRANGERS)) {
                return CompletableFuture.failedFuture(
                        new NetException(Kind.BUSY, host + ": too many look-ups of names are under way"));
            }
            mine = new Running(host, by, stranger, new CompletableFuture<>());
            running.put(host, mine);
            by.underWay++;
            strangers += stranger ? 1 : 0;
        }
        CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS, Runnable::run)
                .execute(
                        () -> fail(mine, Kind.TIMEOUT, "its name was not found within " + patience.toMillis() + " ms"));
        threads.execute(() -> lookUp(mine));
        return mine.addresses();
    }

    private void lookUp(Running mine) {
        try {
            List<InetAddress> addresses = List.of(lookup.find(mine.host()));
            found.put(mine.host(), true);
            ended(mine);
            mine.addresses().complete(addresses);
        } catch (UnknownHostException | RuntimeException e) {
            ended(mine);
            fail(mine, Kind.UNREACHABLE, "no such host");
        }
    }

    private synchronized void ended(Running mine) {
        running.remove(mine.host());
        mine.of().underWay--;
        strangers -= mine.stranger() ? 1 : 0;
    }

    private static void fail(Running mine, Kind kind, String why) {
        mine.addresses().completeExceptionally(new NetException(kind, mine.host() + ": " + why));
    }
}
