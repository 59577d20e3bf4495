package io.entrepot.server.content;

import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.config.MirrorConfig.TagPattern.Mode;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.storage.TagPin;
import io.entrepot.storage.TagRecord;
import io.entrepot.storage.TagRecord.Seen;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Which manifest of its history a tag means; touches nothing.
 *
 * @param holds whether it does whatever the upstream says now
 */
record TagChoice(Descriptor manifest, boolean holds) {

    /** @param now by trusted time */
    static TagChoice of(TagRecord record, TagPattern pattern, TagRule rule, Instant now) {
        boolean immutable = pattern.mode() == Mode.IMMUTABLE;
        if (rule instanceof TagRule.Settled settled) {
            return pin(record, settled)
                    .orElseGet(() -> immutable || settled.keepFirst() ? first(record) : newest(record, settled, now));
        }
        return immutable ? first(record) : new TagChoice(record.latest().manifest(), false);
    }

    /** The pin that a first pull left, if it holds by the rule. */
    private static Optional<TagChoice> pin(TagRecord record, TagRule.Settled rule) {
        return record.facts()
                .pin()
                .filter(rule::holds)
                .map(TagPin::digest)
                .flatMap(record::find)
                .map(seen -> new TagChoice(seen.manifest(), true));
    }

    private static TagChoice first(TagRecord record) {
        return new TagChoice(record.earliest().manifest(), true);
    }

    /** The newest that is old enough; if there is none the newest all the same, which policy refuses. */
    private static TagChoice newest(TagRecord record, TagRule.Settled rule, Instant now) {
        List<Seen> history = rule.noReturn() ? record.forward() : record.history();
        for (int i = history.size() - 1; i >= 0; i--) {
            if (isOldEnough(record, history.get(i).manifest().digest(), rule, now)) {
                return new TagChoice(history.get(i).manifest(), false);
            }
        }
        return new TagChoice(history.get(history.size() - 1).manifest(), false);
    }

    /** A clock that has not begun would begin now. */
    private static boolean isOldEnough(TagRecord record, Digest digest, TagRule.Settled rule, Instant now) {
        return rule.isOldEnough(digest, record.since(digest).orElse(now), now);
    }
}
