package io.entrepot.config;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Resolves {@code ${env:NAME}} and {@code ${file:PATH}}, the only ways in which a secret may be given. */
final class Secrets {

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):([^}]+)}");

    private final Map<String, String> environment;

    Secrets(Map<String, String> environment) {
        this.environment = environment;
    }

    /** What is wrong is said without the text itself, which may be the secret. */
    Secret resolve(String text) {
        Matcher matcher = REFERENCE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("a secret in the file itself (expected: ${env:NAME} or ${file:PATH})");
        }
        return matcher.group(1).equals("env") ? variable(matcher.group(2)) : file(matcher.group(2));
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
        return new Secret(value);
    }
}
