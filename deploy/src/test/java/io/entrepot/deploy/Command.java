package io.entrepot.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A command line that may be run, with what it adds to the environment. */
record Command(List<String> words, Map<String, String> environment) {

    private static final int MINUTES = 3;

    /** How a command ended, and what it printed on both of its outputs. */
    record Outcome(int status, String output) {

        boolean succeeded() {
            return status == 0;
        }
    }

    Command {
        words = List.copyOf(words);
        environment = Map.copyOf(environment);
    }

    static Command of(String... words) {
        return new Command(List.of(words), Map.of());
    }

    static Command of(Path program) {
        return of(program.toString());
    }

    /** The same with more arguments; a path is one, too. */
    Command with(Object... more) {
        List<String> longer = new ArrayList<>(words);
        for (Object argument : more) {
            longer.add(argument.toString());
        }
        return new Command(longer, environment);
    }

    Command in(String name, Object value) {
        return in(Map.of(name, value.toString()));
    }

    Command in(Map<String, String> more) {
        Map<String, String> wider = new HashMap<>(environment);
        wider.putAll(more);
        return new Command(words, wider);
    }

    /** Runs it to its end and returns what it printed. @throws AssertionError if it fails */
    String run() throws IOException, InterruptedException {
        Outcome outcome = attempt();
        if (!outcome.succeeded()) {
            throw new AssertionError(this + " ended with " + outcome.status() + ":\n" + outcome.output());
        }
        return outcome.output();
    }

    /** Runs it to its end, however it ends. @throws AssertionError if that takes minutes */
    Outcome attempt() throws IOException, InterruptedException {
        Path log = Files.createTempFile("entrepot-run", ".log");
        try (Running running = start(log)) {
            if (!running.ended(MINUTES, TimeUnit.MINUTES)) {
                throw new AssertionError(this + " did not end:\n" + running.output());
            }
            return new Outcome(running.status(), running.output());
        } finally {
            Files.deleteIfExists(log);
        }
    }

    /** Starts it; what it prints goes to a file. */
    Running start(Path log) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return new Running(builder.start(), log);
    }

    @Override
    public String toString() {
        return String.join(" ", words);
    }
}
