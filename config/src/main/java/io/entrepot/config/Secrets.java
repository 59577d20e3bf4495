package io.entrepot.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Resolves {@code ${env:NAME}} and {@code ${file:PATH}}, the only ways in which a secret may be given, and looks into the files
 * that only the machine of the mirror has: keys, certificates, passwords.
 */
final class Secrets {

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):([^}]+)}");

    /** What stands in the place of one that is not read, long enough for any. */
    private static final Secret UNREAD = new Secret("a secret that was not read");

    private final Map<String, String> environment;
    private final boolean read;

    private Secrets(Map<String, String> environment, boolean read) {
        this.environment = environment;
        this.read = read;
    }

    static Secrets of(Map<String, String> environment) {
        return new Secrets(environment, true);
    }

    /** For who asks what is written, on a machine that may have none of it. */
    static Secrets unread() {
        return new Secrets(Map.of(), false);
    }

    /** The path of a file of that machine, looked into with this if that is to be done. */
    Path file(String text, Function<String, Path> look) {
        return read ? look.apply(text) : Text.path(text);
    }

    /** What is wrong is said without the text itself, which may be the secret. */
    Secret resolve(String text) {
        Matcher matcher = REFERENCE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("a secret in the file itself (expected: ${env:NAME} or ${file:PATH})");
        }
        if (!read) {
            return UNREAD;
        }
        return matcher.group(1).equals("env") ? variable(matcher.group(2)) : file(matcher.group(2));
    }

    /** The first of these variables that is set; empty if none is, or if nothing is read. */
    String variable(String name, String otherwise) {
        String value = environment.getOrDefault(name, "");
        return value.isEmpty() ? environment.getOrDefault(otherwise, "") : value;
    }

    private Secret variable(String name) {
        String value = environment.getOrDefault(name, "");
        if (value.isEmpty()) {
            throw new IllegalArgumentException("${env:" + name + "} is not set in the environment");
        }
        return new Secret(value);
    }

    private static Secret file(String path) {
        String value = ReadableFile.text(path).replaceFirst("\\r?\\n\\z", "");
        if (value.isBlank()) {
            throw new IllegalArgumentException(path + " is empty (expected: the secret, and nothing else)");
        }
        return Secret.of(value, Path.of(path));
    }
}
