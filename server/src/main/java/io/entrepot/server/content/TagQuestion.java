package io.entrepot.server.content;

import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.config.MirrorConfig.TagPattern.Mode;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.Thrift;
import io.entrepot.server.upstream.Upstream;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.server.upstream.UpstreamException.Kind;
import io.entrepot.storage.TagPin;
import io.entrepot.storage.TagRecord;
import java.time.Instant;
import java.util.Optional;

/** What somebody wants to know of a tag, and how it may be found out. */
record TagQuestion(Upstream upstream, Repository repository, Tag tag, TagPattern pattern, TagRule rule) {

    /** One question to the upstream answers everybody with the same key. */
    record Key(Repository repository, Tag tag, boolean recorded, Object askedAs) {}

    Key key() {
        return new Key(repository, tag, isRecorded(), upstream.askedAs());
    }

    /** The same, of somebody who can be answered without it: see {@link Upstream#sparing}. */
    TagQuestion sparing() {
        return new TagQuestion(upstream.sparing(), repository, tag, pattern, rule);
    }

    /** How sparingly the upstream is to be asked now. */
    Thrift thrift() {
        return upstream.thrift(repository);
    }

    /** Whether what the upstream says goes on record: a rule that rests on the history of a tag needs one. */
    boolean isRecorded() {
        return pattern.mode() != Mode.NEVER || !(rule instanceof TagRule.Free);
    }

    /** Whether this is the refusal of a caller, whom the upstream decides about, and not of us. */
    boolean isRefusalOfCaller(UpstreamException failure) {
        return failure.kind() == Kind.REFUSED && upstream.isPassThrough(repository);
    }

    /** Whether "not found" holds for all: some registries say so to whom they do not let read. */
    boolean isGoneForAll() {
        return !upstream.isPassThrough(repository);
    }

    boolean isOffline() {
        return upstream.config().offline();
    }

    /** The pin that a first pull left, where the rule lets it hold. */
    Optional<Digest> pin(Optional<TagRecord> known) {
        return rule instanceof TagRule.Settled settled
                ? known.flatMap(record -> record.facts().pin())
                        .filter(settled::holds)
                        .map(TagPin::digest)
                : Optional.empty();
    }

    /** @param now by trusted time */
    TagChoice choice(TagRecord record, Instant now) {
        return TagChoice.of(record, pattern, rule, now);
    }

    /** Whether a tag that moved is reported as one that must not. */
    boolean isKeptFirst() {
        return pattern.mode() == Mode.IMMUTABLE || (rule instanceof TagRule.Settled settled && settled.keepFirst());
    }
}
