package io.entrepot.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with a file, so that all of it can be said at once. */
final class Problems {

    private static final int LONGEST = 500;

    private final String file;
    private final List<ConfigProblem> found = new ArrayList<>();

    Problems(String file) {
        this.file = file;
    }

    void add(int line, String message) {
        found.add(new ConfigProblem(file, line, printable(message)));
    }

    /** Throws if there is any, in the order of the lines. */
    void throwIfAny() throws ConfigException {
        if (!found.isEmpty()) {
            found.sort(Comparator.comparingInt(ConfigProblem::line));
            throw new ConfigException(found);
        }
    }

    /** One line that cannot steer a terminal: values of the file stand in messages. */
    static String printable(String message) {
        String line = message.replaceAll("[\\p{Cc}\\p{Cf}\\u2028\\u2029]", "?");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }
}
