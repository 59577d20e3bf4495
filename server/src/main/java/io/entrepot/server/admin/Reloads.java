package io.entrepot.server.admin;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Reads the configuration again. */
@FunctionalInterface
public interface Reloads {

    CompletableFuture<Outcome> reload();

    /**
     * What became of it: the version now in force; what is wrong with the file, in which case nothing changed; and what
     * did change in the file but needs a restart.
     */
    record Outcome(long version, List<String> problems, List<String> needsRestart) {

        public Outcome {
            problems = List.copyOf(problems);
            needsRestart = List.copyOf(needsRestart);
        }

        public boolean accepted() {
            return problems.isEmpty();
        }
    }
}
