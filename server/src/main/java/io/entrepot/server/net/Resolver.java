package io.entrepot.server.net;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Turns a host name or a literal address into addresses, without blocking the caller. */
@FunctionalInterface
interface Resolver {

    /** Every address of a name, at least one; fails with {@link NetException.Kind#UNREACHABLE} if there is none. */
    CompletableFuture<List<InetAddress>> resolve(String host);
}
