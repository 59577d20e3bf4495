package io.entrepot.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that a configuration names, looked into as far as a mistake can be told before the mirror starts. */
final class ReadableFile {

    private static final int LARGEST = 1024 * 1024;

    private ReadableFile() {}

    /** A PEM file with at least one certificate. */
    static Path certificates(String text) {
        return pem(text, "-----BEGIN CERTIFICATE-----", "certificate");
    }

    /** A PEM file with a private key that is not encrypted. */
    static Path privateKey(String text) {
        if (text(text).contains("ENCRYPTED")) {
            throw new IllegalArgumentException(text + " is encrypted (expected: a PEM private key without a password)");
        }
        return pem(text, "PRIVATE KEY-----", "private key");
    }

    private static Path pem(String file, String marker, String what) {
        String text = text(file);
        if (!text.contains(marker)) {
            String found = text.isBlank() ? " is empty" : " has no " + what + " in it";
            throw new IllegalArgumentException(file + found + " (expected: a PEM " + what + ")");
        }
        return Path.of(file);
    }

    /** What stands in a file, which is small. */
    static String text(String file) {
        return text(file, LARGEST, "1MiB");
    }

    /** What stands in a file of so many bytes at most. */
    static String text(String file, long largest, String said) {
        Path path = Text.path(file);
        try {
            if (Files.exists(path) && !Files.isRegularFile(path)) {
                throw new IllegalArgumentException(file + " is no file (expected: a file)");
            }
            if (Files.size(path) > largest) {
                throw new IllegalArgumentException(file + " is too large (expected: at most " + said + ")");
            }
            return new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read: " + FileReason.of(path, e), e);
        }
    }
}
