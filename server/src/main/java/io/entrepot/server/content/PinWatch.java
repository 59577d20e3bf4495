package io.entrepot.server.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.entrepot.oci.Digest;
import io.entrepot.storage.TagRecord;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** Compares what tags are pinned to with what the upstream says: behind the answer, no more often than a tag is fresh. */
final class PinWatch {

    private static final int ENTRIES = 100_000;

    private final TagCheck check;
    private final Incidents incidents;
    private final Clock clock;
    private final Cache<TagQuestion.Key, Instant> looked =
            Caffeine.newBuilder().maximumSize(ENTRIES).build();

    PinWatch(TagCheck check, Incidents incidents, Clock clock) {
        this.check = check;
        this.incidents = incidents;
        this.clock = clock;
    }

    /** Looks whether the tag has drifted from its pin, if it is time to, and reports it; returns at once. */
    void look(TagQuestion question, Digest pin, Optional<TagRecord> known) {
        Instant now = clock.instant();
        if (question.isOffline() || !isDue(question, now)) {
            return;
        }
        if (known.filter(record -> PullPlan.isBelieved(record, question.pattern(), question.thrift(), now))
                .isPresent()) {
            compare(question, pin, known.get().latest().manifest().digest());
        } else if (check.failing(question.sparing()).isEmpty()) {
            check.ask(question.sparing())
                    .thenAccept(said -> compare(question, pin, said.manifest().digest()));
        }
    }

    private boolean isDue(TagQuestion question, Instant now) {
        Instant before = looked.getIfPresent(question.key());
        boolean recent = before != null
                && !now.isBefore(before)
                && now.isBefore(before.plus(
                        question.thrift().stretched(question.pattern().fresh())));
        if (!recent) {
            looked.put(question.key(), now);
        }
        return !recent;
    }

    private void compare(TagQuestion question, Digest pin, Digest upstream) {
        if (!pin.equals(upstream)) {
            incidents.report(new Incident.PinDrift(question.repository(), question.tag(), pin, upstream));
        }
    }
}
