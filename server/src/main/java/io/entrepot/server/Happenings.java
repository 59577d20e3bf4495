package io.entrepot.server;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.server.audit.AuditEvent.Happened;
import io.entrepot.server.audit.AuditEvent.Happened.Fact;
import io.entrepot.server.audit.AuditLog;
import io.entrepot.server.content.Incident;
import io.entrepot.server.log.Records;
import io.entrepot.server.upstream.Incident.EndpointResumed;
import io.entrepot.server.upstream.Incident.EndpointSuspended;
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

/**
 * Puts on record what happens beside pulls: start and stop, another configuration, what store, content and upstreams notice, the
 * clock.
 */
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
        note("start", Fact.of("version", version), Fact.of("configuration", config), Fact.of("policy", policy));
    }

    void stopped() {
        note("stop");
    }

    /** Another configuration holds. */
    void configured(@Nullable Path file, String policyBefore, String policyAfter, long settings) {
        String before = config;
        config = hash(file);
        note("config.change", Fact.of("before", before), Fact.of("after", config), Fact.of("settings", settings));
        ruled(policyBefore, policyAfter, settings);
    }

    /** A configuration was refused; the one before it holds. */
    void misconfigured(@Nullable Path file, List<String> problems) {
        note(
                "config.change",
                Fact.of("before", config),
                Fact.of("refusedConfiguration", hash(file)),
                Fact.of("problems", problems.stream().limit(MOST_PROBLEMS).toList()));
    }

    /** Other rules hold, or the same with other pins or denied digests; nothing if they are the same. */
    void ruled(String before, String after, long settings) {
        if (!before.equals(after)) {
            note("policy.change", Fact.of("before", before), Fact.of("after", after), Fact.of("settings", settings));
        }
    }

    void ofStore(io.entrepot.storage.Incident incident) {
        Fact what = Fact.of("what", Records.kind((Record) incident));
        if (incident instanceof io.entrepot.storage.Incident.Damaged damaged) {
            note("integrity", what, Fact.of("digest", damaged.digest().toString()), Fact.of("why", damaged.detail()));
        } else if (incident instanceof io.entrepot.storage.Incident.Foreign foreign) {
            note("integrity", what, Fact.of("path", foreign.path()), Fact.of("why", foreign.detail()));
        } else if (incident instanceof io.entrepot.storage.Incident.Unreadable unreadable) {
            note("integrity", what, Fact.of("path", unreadable.path()), Fact.of("why", unreadable.lost()));
        }
    }

    /** What stands in the record of a pull, or only costs time, has none of its own. */
    void ofContent(Incident incident) {
        if (incident instanceof Incident.TagMoved moved) {
            tag(
                    "tag.moved",
                    moved.repository(),
                    moved.tag(),
                    digest("before", moved.from()),
                    digest("after", moved.to()));
        } else if (incident instanceof Incident.TagRollback back) {
            tag(
                    "tag.rollback",
                    back.repository(),
                    back.tag(),
                    digest("before", back.from()),
                    digest("after", back.to()));
        } else if (incident instanceof Incident.PinDrift drift) {
            tag(
                    "tag.moved",
                    drift.repository(),
                    drift.tag(),
                    Fact.of("pinned", drift.pinned().toString()),
                    Fact.of("after", drift.upstream().toString()));
        } else if (incident instanceof Incident.ImmutableMoved moved) {
            tag(
                    "integrity",
                    moved.repository(),
                    moved.tag(),
                    Fact.of("what", Records.kind(moved)),
                    digest("before", moved.served()),
                    digest("after", moved.upstream()));
        } else if (incident instanceof Incident.WrongBytes wrong) {
            transfer("integrity", wrong, wrong.repository(), wrong.digest(), wrong.detail());
        } else if (incident instanceof Incident.TransferFailed failed) {
            transfer("upstream", failed, failed.repository(), failed.digest(), failed.why());
        }
    }

    void ofUpstream(io.entrepot.server.upstream.Incident incident) {
        Fact what = Fact.of("what", Records.kind((Record) incident));
        if (incident instanceof EndpointSuspended suspended) {
            note(
                    "upstream",
                    what,
                    registry(suspended.upstream()),
                    endpoint(suspended.endpoint()),
                    why(suspended.why()));
        } else if (incident instanceof EndpointResumed resumed) {
            note(
                    "upstream",
                    what,
                    registry(resumed.upstream()),
                    endpoint(resumed.endpoint()),
                    Fact.of("seconds", resumed.after().toSeconds()));
        } else if (incident instanceof io.entrepot.server.upstream.Incident.WrongBytes wrong) {
            transfer(
                    "integrity",
                    wrong,
                    wrong.repository(),
                    wrong.digest(),
                    wrong.detail() + " (at " + wrong.endpoint() + ")");
        }
    }

    private static Fact registry(Registry registry) {
        return Fact.of("registry", registry.name());
    }

    private static Fact endpoint(String host) {
        return Fact.of("endpoint", host);
    }

    private static Fact why(String words) {
        return Fact.of("why", words);
    }

    private static Fact digest(String name, Descriptor descriptor) {
        return Fact.of(name, descriptor.digest().toString());
    }

    private void tag(String type, Repository repository, Tag tag, Fact... more) {
        List<Fact> facts = new ArrayList<>(List.of(
                Fact.of("registry", repository.registry().name()),
                Fact.of("repository", repository.path()),
                Fact.of("tag", tag.name())));
        facts.addAll(List.of(more));
        note(new Happened(type, facts));
    }

    private void transfer(String type, Record incident, Repository repository, Digest digest, String why) {
        note(
                type,
                Fact.of("what", Records.kind(incident)),
                Fact.of("registry", repository.registry().name()),
                Fact.of("repository", repository.path()),
                Fact.of("digest", digest.toString()),
                Fact.of("why", why));
    }

    /** The machine's clock was set: by so much, beyond what passed. */
    void clockSet(Instant now, Duration by) {
        note("clock", Fact.of("now", now.toString()), Fact.of("seconds", by.toSeconds()));
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
