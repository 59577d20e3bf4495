package io.entrepot.config;

import io.entrepot.config.AuditConfig.Durability;
import io.entrepot.config.AuditConfig.OnFailure;
import io.entrepot.config.AuditConfig.Parquet;
import io.entrepot.config.AuditConfig.Team;
import io.entrepot.config.AuditConfig.Witness;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Reads the section {@code audit}. */
final class AuditReader {

    private static final long LEAST_SEGMENT = 1L << 20;
    private static final long MOST_SEGMENT = 1L << 30;
    private static final int SHORTEST_KEY = 16;
    private static final int LONGEST_WORDS = 128;

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
                section.flag("pseudonymous-clients"),
                section.file("nodes", this::nodes),
                new ExportReader(section, "export").read(),
                new ExportReader(section, "checkpoints").read(),
                witness(section.section("witness")),
                parquet(section.section("parquet")),
                section.sections("teams").stream().map(AuditReader::team).toList());
        if (config.key().normalize().startsWith(path.normalize())) {
            section.problem("key", config.key() + " (expected: a file that is not in audit.path)");
        }
        if (config.pseudonymousClients() && !section.has("pseudonyms")) {
            section.problem(
                    "pseudonymous-clients", "true without a key (expected: pseudonyms, under which they are hashed)");
        }
        section.end();
        return config;
    }

    private static Team team(Section section) {
        Team team =
                new Team(section.value("name", "", AuditReader::words), section.list("namespaces", AuditReader::words));
        if (team.name().isEmpty() || team.namespaces().isEmpty()) {
            section.problem("a team needs both (expected: name, namespaces)");
        }
        section.end();
        return team;
    }

    private static String words(String text) {
        if (text.isBlank() || text.length() > LONGEST_WORDS || text.chars().anyMatch(c -> c < ' ')) {
            throw new IllegalArgumentException(
                    text.length() + " characters (expected: 1 to " + LONGEST_WORDS + ", none of control)");
        }
        return text;
    }

    private static Optional<Witness> witness(Section section) {
        Optional<URI> url = section.optional("url", ExportReader::http);
        Optional<String> key = section.optional("key", AuditReader::verifierKey);
        boolean internal = section.flag("internal");
        if (url.isPresent() != key.isPresent()) {
            section.problem((url.isPresent() ? "url" : "key") + " stands alone (expected: url and key, or neither)");
        }
        section.end();
        return url.flatMap(where -> key.map(verifier -> new Witness(where, verifier, internal)));
    }

    private static Optional<Parquet> parquet(Section section) {
        Duration every = section.value("every", Duration.ofHours(1), AuditReader::atLeastAMinute);
        Optional<BucketConfig> bucket = new BucketReader(section.section("bucket"), false).read();
        section.end();
        return bucket.map(where -> new Parquet(where, every));
    }

    private static Duration atLeastAMinute(String text) {
        Duration every = Text.duration(text);
        if (every.compareTo(Duration.ofMinutes(1)) < 0) {
            throw new IllegalArgumentException(text + " (expected: 1m or more)");
        }
        return every;
    }

    /** As a signed note has it: name, id, key. */
    private static String verifierKey(String text) {
        if (!text.matches("[!-*,-~]{1,128}\\+[0-9a-f]{8}\\+[A-Za-z0-9+/=]{40,60}")) {
            throw new IllegalArgumentException(text + " (expected: a verifier key, NAME+ID+KEY)");
        }
        return text;
    }

    private Optional<Secret> pseudonyms() {
        Optional<Secret> key = section.secret("pseudonyms");
        if (key.filter(secret -> secret.reveal().length() < SHORTEST_KEY).isPresent()) {
            section.problem("pseudonyms", "*** is too short (expected: at least " + SHORTEST_KEY + " characters)");
        }
        return key;
    }

    /** Looked into as far as a mistake can be told before the mirror starts. */
    private Path nodes(String text) {
        Path file = Text.path(text);
        try {
            NodeFile.read(file);
        } catch (ConfigException e) {
            PolicyReader.addAll(e, section, "");
        }
        return file;
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
