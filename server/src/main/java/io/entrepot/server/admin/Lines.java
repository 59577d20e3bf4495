package io.entrepot.server.admin;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** JSON values, one a line, made as fast as they are taken. */
interface Lines extends AutoCloseable {

    int BATCH = 256;

    /** The next lines, without their line feeds; empty at the end. One call at a time. */
    CompletableFuture<List<String>> next();

    /** Lines that are made already. */
    static Lines of(Collection<String> all) {
        ArrayDeque<String> left = new ArrayDeque<>(all);
        return new Lines() {
            @Override
            public CompletableFuture<List<String>> next() {
                List<String> batch = new ArrayList<>();
                while (batch.size() < BATCH && !left.isEmpty()) {
                    batch.add(left.remove());
                }
                return CompletableFuture.completedFuture(batch);
            }

            @Override
            public void close() {}
        };
    }

    /** Ends the work behind them. */
    @Override
    void close();
}
