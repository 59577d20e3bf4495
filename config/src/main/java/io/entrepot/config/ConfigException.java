package io.entrepot.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used; carries every problem in it. */
public final class ConfigException extends Exception {

    private final transient List<ConfigProblem> problems;

    public ConfigException(List<ConfigProblem> problems) {
        super(problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** Every problem, in the order of the lines. */
    public List<ConfigProblem> problems() {
        return problems;
    }
}
