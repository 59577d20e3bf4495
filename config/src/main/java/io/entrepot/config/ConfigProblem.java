package io.entrepot.config;

/**
 * One thing that is wrong with a configuration: where, and in words what and what was expected. Prints as
 * {@code file:line: message}; line 0 is the file as a whole.
 */
public record ConfigProblem(String file, int line, String message) {

    @Override
    public String toString() {
        return file + (line == 0 ? "" : ":" + line) + ": " + message;
    }
}
