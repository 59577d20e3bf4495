package io.entrepot.server.content;

import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.config.MirrorConfig.TagPattern.Mode;
import io.entrepot.oci.Descriptor;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.storage.TagRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What to do about a tag, computed from what is known of it, its pattern and the time; touches nothing. */
sealed interface PullPlan {

    /**
     * Answer with this manifest now.
     *
     * @param age the time since the upstream last said so
     * @param refresh whether the upstream is asked meanwhile, behind the answer
     * @param staleBecause why an answer past its freshness is given; empty if it is fresh
     */
    record Serve(Descriptor manifest, Duration age, boolean refresh, Optional<String> staleBecause)
            implements PullPlan {}

    /**
     * Ask the upstream by HEAD whether the tag still means what it did.
     *
     * @param stale whether the record may be answered with if the upstream cannot say, or not within {@code maxWait}
     */
    record Revalidate(Descriptor manifest, Duration age, boolean stale, Duration maxWait) implements PullPlan {}

    /** Nothing is known, or nothing may be remembered: ask the upstream by GET. */
    record Fetch() implements PullPlan {}

    /** What to do about a tag with this record, where nobody may be asked: it is what was last seen. */
    static PullPlan offline(Optional<TagRecord> known, TagPattern pattern, Instant now) {
        if (known.isEmpty() || known.get().gone()) {
            return new Fetch();
        }
        TagRecord record = known.get();
        boolean immutable = pattern.mode() == Mode.IMMUTABLE;
        Duration age = age(record, now);
        Optional<String> stale =
                immutable || isFresh(age, pattern) ? Optional.empty() : Optional.of("the upstream is offline");
        return new Serve((immutable ? record.earliest() : record.latest()).manifest(), age, false, stale);
    }

    /** What to do about a tag with this record. */
    static PullPlan of(Optional<TagRecord> known, TagPattern pattern, Instant now) {
        if (pattern.mode() == Mode.NEVER || known.isEmpty() || known.get().gone()) {
            return new Fetch();
        }
        TagRecord record = known.get();
        Duration age = age(record, now);
        boolean fresh = isFresh(age, pattern);
        return switch (pattern.mode()) {
            case IMMUTABLE -> new Serve(record.earliest().manifest(), age, !fresh, Optional.empty());
            case REVALIDATE, NEVER ->
                fresh
                        ? new Serve(record.latest().manifest(), age, false, Optional.empty())
                        : new Revalidate(record.latest().manifest(), age, mayBeStale(age, pattern), pattern.maxWait());
        };
    }

    /** Whether the record may be answered with after this failure of a {@link Revalidate}: not if it says "gone". */
    static boolean mayAnswer(Revalidate plan, TagPattern pattern, UpstreamException failure) {
        return plan.stale() && (failure.kind() != UpstreamException.Kind.NOT_FOUND || pattern.staleOnNotFound());
    }

    /** Negative if the clock went back since: such a record is not fresh, and may be stale. */
    private static Duration age(TagRecord record, Instant now) {
        return Duration.between(record.latest().last(), now);
    }

    private static boolean isFresh(Duration age, TagPattern pattern) {
        return !age.isNegative() && age.compareTo(pattern.fresh()) <= 0;
    }

    private static boolean mayBeStale(Duration age, TagPattern pattern) {
        return age.compareTo(pattern.fresh().plus(pattern.stale())) <= 0;
    }
}
