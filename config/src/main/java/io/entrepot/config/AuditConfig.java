package io.entrepot.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The record of every pull: the section {@code audit}.
 *
 * @param path a directory of its own
 * @param key the file with the key that signs the log; it never lies in {@code path}
 * @param origin the log's name in what it signs; empty: made from the name of the machine
 * @param segmentSize bytes that are reserved for records at a time; three times as much is held ready
 * @param maxSize of the log in bytes; of more, the oldest records go
 * @param keep records older than this go; zero: none for their age
 * @param pseudonyms the key under which names of people are hashed in records; empty: they stand there as they are
 * @param pseudonymousClients whether addresses of clients are hashed under it too
 * @param nodes a file that says which node has which address ({@link NodeFile}); empty: none does
 * @param export where records go besides
 * @param checkpoints where what was signed goes, so that the log cannot be changed unseen
 * @param witness who signs it too; empty: nobody
 * @param parquet where what is derived from records goes; empty: it stays beside them
 * @param teams whose a namespace is, for reports; the first that has it
 */
public record AuditConfig(
        Path path,
        Path key,
        String origin,
        Durability durability,
        OnFailure onFailure,
        long segmentSize,
        long maxSize,
        Duration keep,
        Optional<Secret> pseudonyms,
        boolean pseudonymousClients,
        Optional<Path> nodes,
        List<Export> export,
        List<Export> checkpoints,
        Optional<Witness> witness,
        Optional<Parquet> parquet,
        List<Team> teams) {

    public AuditConfig {
        export = List.copyOf(export);
        checkpoints = List.copyOf(checkpoints);
        teams = List.copyOf(teams);
    }

    /**
     * People who have some namespaces.
     *
     * @param namespaces patterns; * and ? stand for what they stand for in a shell
     */
    public record Team(String name, List<String> namespaces) {
        public Team {
            namespaces = List.copyOf(namespaces);
        }
    }

    /** The team of each pattern of namespaces, in the order in which they are tried. */
    public Map<String, String> teamsByNamespace() {
        Map<String, String> all = new LinkedHashMap<>();
        teams.forEach(team -> team.namespaces().forEach(pattern -> all.putIfAbsent(pattern, team.name())));
        return all;
    }

    /**
     * Who signs checkpoints too (C2SP tlog-witness).
     *
     * @param url its submission prefix
     * @param key its verifier key, {@code name+id+key}
     * @param internal whether a private address, and plain HTTP, is meant
     */
    public record Witness(URI url, String key, boolean internal) {}

    /** Where what is derived from records goes, and how often. */
    public record Parquet(BucketConfig bucket, Duration every) {}

    /**
     * Where records go besides.
     *
     * @param name by which it is known how far it is
     * @param target a path, or an address; empty for standard output
     * @param ca PEM certificates that are trusted for it
     * @param internal whether a private address, and plain HTTP, is meant
     * @param authorization the header of that name, for HTTP
     * @param bucket of which the target is the name; empty: it is no bucket
     * @param every between two of them, for a bucket
     * @param maxBacklog so many records may wait for it before {@link OnFailure} holds
     */
    public record Export(
            String name,
            Kind kind,
            String target,
            Optional<Path> ca,
            boolean internal,
            Optional<Secret> authorization,
            Optional<BucketConfig> bucket,
            Duration every,
            long maxBacklog) {

        /** One that is no bucket. */
        public Export(
                String name,
                Kind kind,
                String target,
                Optional<Path> ca,
                boolean internal,
                Optional<Secret> authorization,
                long maxBacklog) {
            this(name, kind, target, ca, internal, authorization, Optional.empty(), Duration.ZERO, maxBacklog);
        }

        /** How it takes them. */
        public enum Kind {
            FILE,
            STDOUT,
            /** {@code tls://} or {@code tcp://}. */
            SYSLOG,
            HTTP,
            /** Each as an object; of checkpoints alone. */
            BUCKET
        }
    }

    /** When an answer may go out. */
    public enum Durability {
        /** When its record is on the disk; those that wait together share one write. */
        GROUP,
        /** At once: nothing is recorded. */
        OFF
    }

    /** What becomes of pulls while nothing can be recorded, and while a sink is too far behind. */
    public enum OnFailure {
        /** They are refused (503), and the mirror is not ready. */
        REFUSE,
        /**
         * What the same client was given on record within a day goes on, and the log says how much of it there was; a sink that
         * is too far behind stops nothing, and may never get the oldest records.
         */
        DEGRADE
    }
}
