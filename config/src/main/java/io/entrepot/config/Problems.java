package io.entrepot.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with a file, so that all of it can be said at once. */
final class Problems {

    private static final int LONGEST = 500;

    private final String file;
    private final List<ConfigProblem> found;

    Problems(String file) {
        this(file, new ArrayList<>());
    }

    private Problems(String file, List<ConfigProblem> found) {
        this.file = file;
        this.found = found;
    }

    /** What is wrong with another file that this one names, said together with it. */
    Problems in(String other) {
        return new Problems(other, found);
    }

    String file() {
        return file;
    }

    void addAll(List<ConfigProblem> problems) {
        found.addAll(problems);
    }

    void add(int line, String message) {
        found.add(new ConfigProblem(file, line, printable(message)));
    }

    /** Throws if there is any. */
    void throwIfAny() throws ConfigException {
        if (!found.isEmpty()) {
            throw new ConfigException(all());
        }
    }

    /** All, in the order of the lines, those of this file first. */
    List<ConfigProblem> all() {
        return found.stream()
                .sorted(Comparator.comparing(
                                (ConfigProblem problem) -> problem.file().equals(file) ? "" : problem.file())
                        .thenComparingInt(ConfigProblem::line))
                .toList();
    }

    /** How many there are by now, those of other files included. */
    int count() {
        return found.size();
    }

    /** One line that cannot steer a terminal: values of the file stand in messages. */
    static String printable(String message) {
        String line = message.replaceAll("[\\p{Cc}\\p{Cf}\\u2028\\u2029]", "?");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }
}
