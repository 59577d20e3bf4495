package io.entrepot.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Ports, and in words why one cannot be had. {@code key} is where the configuration says it. */
final class Listening {

    private static final long SECONDS = 10;

    private Listening() {}

    static InetSocketAddress address(String key, String host, int port) throws StartException {
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw new StartException(key + ".address: " + host + " (expected: an address of this machine)");
        }
    }

    /** Waits for a port that is being bound. */
    static InetSocketAddress bound(String key, InetSocketAddress address, CompletableFuture<InetSocketAddress> binding)
            throws StartException {
        try {
            if (!Waiting.atMost(binding, SECONDS)) {
                throw new StartException("cannot listen on " + text(address) + ": no answer from the system");
            }
            return binding.join();
        } catch (CompletionException e) {
            throw failed(key, address, e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartException("interrupted");
        }
    }

    static StartException failed(String key, InetSocketAddress address, Throwable e) {
        return new StartException("cannot listen on " + text(address) + " (" + key + "): " + reason(e));
    }

    private static String reason(Throwable e) {
        String message = e instanceof IOException && e.getMessage() != null ? e.getMessage() : e.toString();
        if (message.contains("already in use")) {
            return "the port is in use by another process";
        }
        if (message.contains("Permission denied")) {
            return "permission denied (ports below 1024 need a privilege)";
        }
        if (message.contains("assign requested address")) {
            return "this machine does not have that address";
        }
        return message;
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
