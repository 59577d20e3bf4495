package io.entrepot.server.inspect;

import io.entrepot.server.audit.QueryMain;
import io.entrepot.server.audit.query.QueryProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** How questions are answered from an audit log: by a process of its own, with the same Java and the same classes. */
public final class AuditQueries {

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int MEMORY_MIB = 512;

    /** Where no DuckDB is, whoever asks is told so, and nobody else. */
    private static final List<String> NOTHING = List.of("false");

    private AuditQueries() {}

    public static QueryProcess of(StateDir state) {
        try {
            return open(state);
        } catch (IOException e) {
            return new QueryProcess(NOTHING, LIMIT);
        }
    }

    /** The process, not started yet. @throws IOException if it cannot be, in words for whoever asks */
    public static QueryProcess open(StateDir state) throws IOException {
        Path temporary = Files.createDirectories(state.natives());
        Path duck = QueryProcess.beside(QueryMain.class);
        return new QueryProcess(QueryProcess.java(QueryMain.class.getName(), duck, temporary, MEMORY_MIB), LIMIT);
    }
}
