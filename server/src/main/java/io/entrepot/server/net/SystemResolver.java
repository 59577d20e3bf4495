package io.entrepot.server.net;

import io.entrepot.server.net.NetException.Kind;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/**
 * Look-ups the way the system does them (hosts file, DNS), which block. One at a time for each name, however many ask:
 * a name server that hangs holds one thread for each name, not one for each request.
 */
final class SystemResolver implements Resolver {

    static final SystemResolver INSTANCE = new SystemResolver();

    private final Map<String, CompletableFuture<List<InetAddress>>> running = new ConcurrentHashMap<>();

    private SystemResolver() {}

    @Override
    public CompletableFuture<List<InetAddress>> resolve(String host) {
        CompletableFuture<List<InetAddress>> mine = new CompletableFuture<>();
        CompletableFuture<List<InetAddress>> others = running.putIfAbsent(host, mine);
        if (others != null) {
            return others.copy();
        }
        try {
            Blocking.THREADS.execute(() -> lookUp(host, mine));
        } catch (RejectedExecutionException e) {
            fail(host, mine, "too many look-ups at once");
        }
        return mine.copy();
    }

    private void lookUp(String host, CompletableFuture<List<InetAddress>> found) {
        try {
            List<InetAddress> addresses = List.of(InetAddress.getAllByName(host));
            running.remove(host, found);
            found.complete(addresses);
        } catch (UnknownHostException e) {
            fail(host, found, "no such host");
        }
    }

    private void fail(String host, CompletableFuture<List<InetAddress>> found, String why) {
        running.remove(host, found);
        found.completeExceptionally(new NetException(Kind.UNREACHABLE, host + ": " + why));
    }
}
