package io.entrepot.server;

import io.entrepot.oci.Digest;
import io.entrepot.server.audit.AuditEvent.Happened;
import io.entrepot.server.audit.AuditEvent.Happened.Fact;
import io.entrepot.server.audit.AuditLog;
import io.entrepot.server.content.Incident;
import io.entrepot.server.log.Records;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts on record what happens beside pulls: start and stop, another configuration, what store and content notice, the clock. */
final class Happenings {

    private static final int HASH_BYTES = 8;
    private static final int MOST_PROBLEMS = 8;

    /** What a store notices while it opens is little, and waits for the log to be open. */
    private static final int MOST_EARLY = 100;

    private final List<Happened> early = new ArrayList<>(); // under this
    private @Nullable AuditLog audit; // under this
    private volatile String config = "";

    /** The log is open. */
    synchronized void opened(AuditLog log) {
        audit = log;
        early.forEach(log::note);
        early.clear();
    }

    private synchronized void note(Happened happened) {
        if (audit != null) {
            audit.note(happened);
        } else if (early.size() < MOST_EARLY) {
            early.add(happened);
        }
    }

    /** The mirror serves from now on. */
    void started(String version, @Nullable Path file, String policy) {
        config = hash(file);
        note("start", new Fact("version", version), new Fact("config", config), new Fact("policy", policy));
    }

    void stopped() {
        note("stop");
    }

    /** Another configuration holds. */
    void configured(@Nullable Path file, String policyBefore, String policyAfter, long settings) {
        String before = config;
        config = hash(file);
        note(
                "config.change",
                new Fact("before", before),
                new Fact("after", config),
                new Fact("settings", Long.toString(settings)));
        ruled(policyBefore, policyAfter, settings);
    }

    /** A configuration was refused; the one before it holds. */
    void misconfigured(@Nullable Path file, List<String> problems) {
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("before", config));
        facts.add(new Fact("refused", hash(file)));
        problems.stream()
                .limit(MOST_PROBLEMS)
                .forEach(problem -> facts.add(new Fact("problem" + facts.size(), problem)));
        note(new Happened("config.change", facts));
    }

    /** Other rules hold, or the same with other pins or denied digests; nothing if they are the same. */
    void ruled(String before, String after, long settings) {
        if (!before.equals(after)) {
            note(
                    "policy.change",
                    new Fact("before", before),
                    new Fact("after", after),
                    new Fact("settings", Long.toString(settings)));
        }
    }

    void ofStore(io.entrepot.storage.Incident incident) {
        note("integrity", (Record) incident);
    }

    /** What stands in the record of a pull, or only costs time, has none of its own. */
    void ofContent(Incident incident) {
        if (incident instanceof Incident.TagMoved moved) {
            note("tag.moved", (Record) moved);
        } else if (incident instanceof Incident.TagRollback rollback) {
            note("tag.rollback", (Record) rollback);
        } else if (incident instanceof Incident.PinDrift drift) {
            note("tag.moved", (Record) drift);
        } else if (incident instanceof Incident.ImmutableMoved moved) {
            note("integrity", (Record) moved);
        } else if (incident instanceof Incident.WrongBytes wrong) {
            note("integrity", (Record) wrong);
        } else if (incident instanceof Incident.TransferFailed failed) {
            note("upstream", (Record) failed);
        }
    }

    /** The machine's clock was set: by so much, beyond what passed. */
    void clockSet(Instant now, Duration by) {
        note("clock", new Fact("now", now.toString()), new Fact("seconds", Long.toString(by.toSeconds())));
    }

    private void note(String type, Record incident) {
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("what", Records.kind(incident)));
        Records.facts(incident).forEach((name, value) -> facts.add(new Fact(name, value)));
        note(new Happened(type, facts));
    }

    private void note(String type, Fact... facts) {
        note(new Happened(type, List.of(facts)));
    }

    /** Of the text of the file, in which secrets stand by reference alone. */
    private static String hash(@Nullable Path file) {
        if (file == null) {
            return "defaults";
        }
        try {
            MessageDigest hash = Digest.Algorithm.SHA256.newHash();
            return HexFormat.of().formatHex(hash.digest(Files.readAllBytes(file)), 0, HASH_BYTES);
        } catch (IOException e) {
            return "unreadable";
        }
    }
}
