package io.entrepot.server.content;

import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.config.MirrorConfig.TagPattern.Mode;
import io.entrepot.oci.Descriptor;
import io.entrepot.server.upstream.Thrift;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.storage.TagRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What to do about a tag, computed from what is known of it, its pattern, its rule and the time; touches nothing. */
sealed interface PullPlan {

    /**
     * Answer with this manifest now.
     *
     * @param age the time since the upstream last said what the tag means
     * @param refresh whether the upstream is asked meanwhile, behind the answer
     * @param staleBecause why an answer past its freshness is given; empty if it is fresh
     */
    record Serve(Descriptor manifest, Duration age, boolean refresh, Optional<String> staleBecause)
            implements PullPlan {}

    /**
     * Ask the upstream by HEAD what the tag means now.
     *
     * @param manifest what it means by its record
     * @param stale whether the record may be answered with if the upstream cannot say, or not within {@code maxWait}
     */
    record Revalidate(Descriptor manifest, Duration age, boolean stale, Duration maxWait) implements PullPlan {}

    /** Nothing is known, or nothing may be remembered: ask the upstream by GET. */
    record Fetch() implements PullPlan {}

    /**
     * What to do about a tag with this record, where nobody may be asked: the record is all there is.
     *
     * @param trusted now, by trusted time
     */
    static PullPlan offline(Optional<TagRecord> known, TagPattern pattern, TagRule rule, Instant now, Instant trusted) {
        if (known.isEmpty()) {
            return new Fetch();
        }
        TagRecord record = known.get();
        TagChoice choice = TagChoice.of(record, pattern, rule, trusted);
        if (record.gone() && !choice.holds()) {
            return new Fetch();
        }
        Duration age = age(record, now);
        boolean stale = !choice.holds() && !isFresh(age, pattern);
        return new Serve(
                choice.manifest(), age, false, stale ? Optional.of("the upstream is offline") : Optional.empty());
    }

    /**
     * What to do about a tag with this record. What holds whatever the upstream says is answered at once; for anything else
     * the upstream is asked as often as the pattern says, also where the answer will be an older digest: the clock of a
     * new one begins with a pull that sees it. Where it must be spared, it is asked less often, and the answer says so.
     *
     * @param trusted now, by trusted time
     */
    static PullPlan of(
            Optional<TagRecord> known, TagPattern pattern, TagRule rule, Thrift thrift, Instant now, Instant trusted) {
        boolean never = pattern.mode() == Mode.NEVER;
        if (known.isEmpty() || (never && rule instanceof TagRule.Free)) {
            return new Fetch();
        }
        TagRecord record = known.get();
        TagChoice choice = TagChoice.of(record, pattern, rule, trusted);
        Duration age = age(record, now);
        boolean believed = !never && !record.gone() && isBelieved(age, pattern, thrift);
        if (choice.holds()) {
            return new Serve(choice.manifest(), age, !believed, Optional.empty());
        }
        if (record.gone()) {
            return new Fetch();
        }
        Optional<String> spared = isFresh(age, pattern) ? Optional.empty() : Optional.of(thrift.because());
        return believed
                ? new Serve(choice.manifest(), age, false, spared)
                : new Revalidate(choice.manifest(), age, !never && mayBeStale(age, pattern), pattern.maxWait());
    }

    /** Whether the record may be answered with after this failure of a {@link Revalidate}: not if it says "gone". */
    static boolean mayAnswer(Revalidate plan, TagPattern pattern, UpstreamException failure) {
        return plan.stale() && (failure.kind() != UpstreamException.Kind.NOT_FOUND || pattern.staleOnNotFound());
    }

    /** Whether the upstream was asked so lately that it need not be asked again. */
    static boolean isBelieved(TagRecord record, TagPattern pattern, Thrift thrift, Instant now) {
        return !record.gone() && isBelieved(age(record, now), pattern, thrift);
    }

    /** Whether the record may be answered with if the upstream cannot say what the tag means. */
    static boolean mayBeStale(TagRecord record, TagPattern pattern, Instant now) {
        return !record.gone() && pattern.mode() != Mode.NEVER && mayBeStale(age(record, now), pattern);
    }

    /** Negative if the clock went back since: such a record is not fresh, and may be stale. */
    private static Duration age(TagRecord record, Instant now) {
        return Duration.between(record.latest().last(), now);
    }

    private static boolean isFresh(Duration age, TagPattern pattern) {
        return !age.isNegative() && age.compareTo(pattern.fresh()) <= 0;
    }

    /** Fresh, or stale and the upstream is to be spared. */
    private static boolean isBelieved(Duration age, TagPattern pattern, Thrift thrift) {
        return isFresh(age, pattern)
                || (!age.isNegative()
                        && age.compareTo(thrift.stretched(pattern.fresh())) <= 0
                        && mayBeStale(age, pattern));
    }

    private static boolean mayBeStale(Duration age, TagPattern pattern) {
        return age.compareTo(pattern.fresh().plus(pattern.stale())) <= 0;
    }
}
