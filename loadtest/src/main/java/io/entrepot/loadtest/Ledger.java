package io.entrepot.loadtest;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/** Every request that a fake registry has read, in the order in which they came. */
final class Ledger {

    private final Queue<Exchange> exchanges = new ConcurrentLinkedQueue<>();

    void add(Exchange exchange) {
        exchanges.add(exchange);
    }

    void forget() {
        exchanges.clear();
    }

    List<Seen> seen() {
        return exchanges.stream().map(Exchange::seen).toList();
    }

    long count(String method, String pathPart) {
        return matching(method, pathPart).count();
    }

    long bytesSent(String pathPart) {
        return matching("", pathPart).mapToLong(Exchange::bytesSent).sum();
    }

    boolean idle() {
        return exchanges.stream().allMatch(Exchange::hasEnded);
    }

    private Stream<Exchange> matching(String method, String pathPart) {
        return exchanges.stream().filter(one -> one.is(method, pathPart));
    }
}
