package io.entrepot.server;

import io.entrepot.config.ConfigException;
import io.entrepot.config.DigestFile;
import io.entrepot.config.PolicyConfig;
import io.entrepot.config.PolicyRule;
import io.entrepot.oci.Digest;
import io.entrepot.server.policy.LockFile;
import io.entrepot.server.policy.PinBook;
import io.entrepot.server.policy.PullPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What rules rest on beside their own text: the file of pins and the lists of denied digests, which are read again when they
 * change, and since when each rule has been in force here. The last is kept in a file, one rule on a line:
 *
 * <pre>
 * 2026-03-01T10:05:30Z no-latest-in-production
 * </pre>
 *
 * <p>A rule that comes back after it was gone is as old as it was. Not safe for use by several threads.
 */
final class PolicyBasis {

    private static final Logger LOG = LoggerFactory.getLogger(PolicyBasis.class);

    private final Path file;
    private final Clock trusted;
    private Map<String, Instant> appeared;
    private Map<Path, Stamp> read = Map.of();

    /** What tells one content of a file from another, without reading it. */
    private record Stamp(FileTime changed, long size, String key) {

        private static final Stamp ABSENT = new Stamp(FileTime.fromMillis(0), -1, "");

        static Stamp of(Path file) {
            try {
                BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
                return new Stamp(now.lastModifiedTime(), now.size(), String.valueOf(now.fileKey()));
            } catch (IOException e) {
                return ABSENT;
            }
        }
    }

    private PolicyBasis(Path file, Clock trusted, Map<String, Instant> appeared) {
        this.file = file;
        this.trusted = trusted;
        this.appeared = Map.copyOf(appeared);
    }

    /** Rules that were made, and what they rest on. */
    static final class Reading {

        private final Map<Path, Stamp> files;
        private final Map<String, Instant> appeared;
        private final PullPolicy policy;

        private Reading(Map<Path, Stamp> files, Map<String, Instant> appeared, PullPolicy policy) {
            this.files = files;
            this.appeared = appeared;
            this.policy = policy;
        }

        PullPolicy policy() {
            return policy;
        }
    }

    /** With what the file says; one that cannot be read is as good as none, and is said to be so. Blocks. */
    static PolicyBasis open(Path file, Clock trusted) {
        try {
            return new PolicyBasis(file, trusted, parse(Files.readString(file)));
        } catch (NoSuchFileException e) {
            return new PolicyBasis(file, trusted, Map.of());
        } catch (IOException | DateTimeException | IllegalArgumentException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("cause", e.toString())
                    .log("when rules appeared is not readable, they appear anew");
            return new PolicyBasis(file, trusted, Map.of());
        }
    }

    private static Map<String, Instant> parse(String text) {
        Map<String, Instant> appeared = new HashMap<>();
        text.lines().forEach(line -> {
            int blank = line.indexOf(' ');
            if (blank < 0) {
                throw new IllegalArgumentException(line + " (expected: a time and the name of a rule)");
            }
            appeared.put(line.substring(blank + 1), Instant.parse(line.substring(0, blank)));
        });
        return appeared;
    }

    /**
     * The rules, as they run on this basis; nothing has changed before they are used. Blocks.
     *
     * @throws ConfigException with every problem in a file it reads
     */
    Reading read(PolicyConfig config) throws ConfigException {
        Map<Path, Stamp> stamps = stamps(config);
        PinBook pins = LockFile.read(config.pins());
        Set<Digest> denied = new HashSet<>();
        for (Path list : config.denyDigests()) {
            denied.addAll(DigestFile.read(list));
        }
        Map<String, Instant> since = appeared(config);
        return new Reading(stamps, since, PullPolicy.of(config, new PullPolicy.Basis(pins, denied, since)));
    }

    /** These rules are in force from now on, and the files that they rest on are those that are looked at. Blocks. */
    void use(Reading next) {
        read = next.files;
        if (!appeared.equals(next.appeared)) {
            appeared = next.appeared;
            write();
        }
    }

    /** What these rules rest on is looked at again only when it is another than now, whatever is wrong with it. Blocks. */
    void pass(PolicyConfig config) {
        read = stamps(config);
    }

    /** Whether a file that the last rules rest on is another now. Blocks. */
    boolean isChanged() {
        return read.entrySet().stream()
                .anyMatch(entry -> !Stamp.of(entry.getKey()).equals(entry.getValue()));
    }

    private static Map<Path, Stamp> stamps(PolicyConfig config) {
        Set<Path> files = new HashSet<>(LockFile.files(config.pins()));
        files.addAll(config.denyDigests());
        return files.stream().collect(Collectors.toUnmodifiableMap(each -> each, Stamp::of));
    }

    private Map<String, Instant> appeared(PolicyConfig config) {
        Instant now = trusted.instant();
        Map<String, Instant> since = new HashMap<>(appeared);
        for (PolicyRule rule : config.rules()) {
            since.putIfAbsent(rule.name(), now);
        }
        return Map.copyOf(since);
    }

    /** If the disk refuses, a baseline begins anew after a restart: that is said. */
    private void write() {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        String text = new TreeMap<>(appeared)
                .entrySet().stream()
                        .map(entry -> entry.getValue() + " " + entry.getKey() + "\n")
                        .collect(Collectors.joining());
        try {
            Files.writeString(next, text);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("cause", e.toString())
                    .log("when rules appeared is not written");
        }
    }
}
