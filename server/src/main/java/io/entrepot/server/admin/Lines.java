package io.entrepot.server.admin;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** JSON values, one a line, made as fast as they are taken. */
interface Lines extends AutoCloseable {

    /** The next lines, without their line feeds; empty at the end. One call at a time. */
    CompletableFuture<List<String>> next();

    /** Ends the work behind them. */
    @Override
    void close();
}
