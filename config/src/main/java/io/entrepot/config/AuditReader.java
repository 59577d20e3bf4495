package io.entrepot.config;

import io.entrepot.config.AuditConfig.Durability;
import io.entrepot.config.AuditConfig.OnFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Reads the section {@code audit}. */
final class AuditReader {

    private static final long LEAST_SEGMENT = 1L << 20;
    private static final long MOST_SEGMENT = 1L << 30;
    private static final int SHORTEST_KEY = 16;

    private final Section section;

    AuditReader(Section root) {
        this.section = root.section("audit");
    }

    /** @param store beside which the log lies, if nothing else is said */
    AuditConfig read(Path store) {
        Path path = section.value("path", store.resolveSibling("audit"), Text::path);
        AuditConfig config = new AuditConfig(
                path,
                section.value("key", path.resolveSibling("keys").resolve("audit.key"), Text::path),
                section.value("origin", "", AuditReader::origin),
                section.choice("durability", Durability.GROUP),
                section.choice("on-failure", OnFailure.REFUSE),
                section.value("segment-size", 16L << 20, AuditReader::segment),
                section.value("max-size", Long.MAX_VALUE, Text::limit),
                section.duration("keep", Duration.ZERO),
                pseudonyms(),
                new ExportReader(section).read());
        if (config.key().normalize().startsWith(path.normalize())) {
            section.problem("key", config.key() + " (expected: a file that is not in audit.path)");
        }
        section.end();
        return config;
    }

    private Optional<Secret> pseudonyms() {
        Optional<Secret> key = section.secret("pseudonyms");
        if (key.filter(secret -> secret.reveal().length() < SHORTEST_KEY).isPresent()) {
            section.problem("pseudonyms", "*** is too short (expected: at least " + SHORTEST_KEY + " characters)");
        }
        return key;
    }

    private static long segment(String text) {
        long size = Text.size(text);
        if (size < LEAST_SEGMENT || size > MOST_SEGMENT) {
            throw new IllegalArgumentException(text + " (expected: 1MiB to 1GiB)");
        }
        return size;
    }

    /** As a signed note has it (C2SP signed-note): no space, no plus sign; a name without a scheme. */
    private static String origin(String text) {
        if (!text.matches("[!-*,-~]{1,128}")) {
            throw new IllegalArgumentException(
                    text + " (expected: a name as in audit.example/mirror-1: no space, no +)");
        }
        return text;
    }
}
