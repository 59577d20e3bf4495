package io.entrepot.server.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.config.MirrorConfig.TagPattern.Mode;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.storage.TagFacts;
import io.entrepot.storage.TagPin;
import io.entrepot.storage.TagRecord;
import io.entrepot.storage.TagRecord.Seen;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TagChoiceTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Descriptor A = manifest("a");
    private static final Descriptor B = manifest("b");
    private static final Descriptor C = manifest("c");
    private static final Duration THREE_DAYS = Duration.ofHours(72);

    @Test
    void withoutARuleATagMeansWhatItWasLastSeenToMean() {
        assertThat(choice(had(A, B), TagRule.FREE)).isEqualTo(new TagChoice(B, false));
    }

    @Test
    void theNewestThatIsOldEnoughIsTheAnswer() {
        TagRecord record = aged(had(A, B, C), Map.of(A, 200, B, 72, C, 71));

        assertThat(choice(record, minAge(THREE_DAYS))).isEqualTo(new TagChoice(B, false));
    }

    @Test
    void whatHasNoAgeIsNotOldEnough() {
        assertThat(choice(aged(had(A, B), Map.of(A, 100)), minAge(THREE_DAYS)).manifest())
                .isEqualTo(A);
    }

    @Test
    void whereNoneIsOldEnoughTheNewestIsGivenForPolicyToRefuse() {
        assertThat(choice(aged(had(A, B), Map.of(A, 10)), minAge(THREE_DAYS)).manifest())
                .isEqualTo(B);
    }

    @Test
    void whatWasSeenBeforeTheBaselineEndedIsOldEnough() {
        TagRule baseline = settled(false, false, false, false, THREE_DAYS, NOON.minusSeconds(3600), Set.of());
        TagRecord record = aged(had(A, B, C), Map.of(A, 100, B, 2, C, 0));

        assertThat(choice(record, baseline).manifest()).isEqualTo(B);
    }

    @Test
    void whileTheBaselineLastsWhatHasNoAgeYetIsOldEnough() {
        TagRule baseline = settled(false, false, false, false, THREE_DAYS, NOON.plusSeconds(3600), Set.of());

        assertThat(choice(had(A, B), baseline).manifest()).isEqualTo(B);
    }

    @Test
    void anExemptedDigestNeedsNoAge() {
        TagRule exempt = settled(false, false, false, false, THREE_DAYS, Instant.MIN, Set.of(B.digest()));

        assertThat(choice(aged(had(A, B), Map.of(A, 100)), exempt).manifest()).isEqualTo(B);
    }

    @Test
    void theFirstDigestIsKeptWhateverItsAge() {
        TagRule keep = settled(false, false, true, false, THREE_DAYS, Instant.MIN, Set.of());

        assertThat(choice(aged(had(A, B), Map.of(B, 100)), keep)).isEqualTo(new TagChoice(A, true));
    }

    @Test
    void anImmutablePatternKeepsTheFirstUnderAnyRule() {
        assertThat(TagChoice.of(had(A, B), pattern(Mode.IMMUTABLE), minAge(Duration.ZERO), NOON))
                .isEqualTo(new TagChoice(A, true));
        assertThat(TagChoice.of(had(A, B), pattern(Mode.IMMUTABLE), TagRule.FREE, NOON))
                .isEqualTo(new TagChoice(A, true));
    }

    @Test
    void aReturnIsNotTheAnswerUntilItIsPromoted() {
        TagRecord record = had(A, B, A);
        assertThat(choice(record, noReturn()).manifest()).isEqualTo(B);
        assertThat(choice(record, minAge(Duration.ZERO)).manifest()).isEqualTo(A);

        TagRecord promoted =
                record.with(record.facts().returned(record.openReturn().orElseThrow()));
        assertThat(choice(promoted, noReturn()).manifest()).isEqualTo(A);
    }

    @Test
    void whereNoneIsOldEnoughAReturnIsNotGivenEither() {
        TagRule both = settled(false, false, false, true, THREE_DAYS, Instant.MIN, Set.of());

        assertThat(choice(aged(had(A, B, A), Map.of(A, 1)), both).manifest()).isEqualTo(B);
    }

    @Test
    void aProposalHoldsOnlyWhereNobodyMustConfirmIt() {
        TagRecord record = pinned(had(A, B), A, false);
        assertThat(choice(record, firstSeen(true))).isEqualTo(new TagChoice(A, true));
        assertThat(choice(record, firstSeen(false))).isEqualTo(new TagChoice(B, false));
        assertThat(choice(record, minAge(Duration.ZERO)).manifest()).isEqualTo(B);
    }

    @Test
    void aPromotedPinHoldsAgainstEveryOtherWish() {
        TagRule all = settled(true, false, true, true, THREE_DAYS, Instant.MIN, Set.of());

        assertThat(choice(pinned(had(A, B, C), B, true), all)).isEqualTo(new TagChoice(B, true));
    }

    private static TagChoice choice(TagRecord record, TagRule rule) {
        return TagChoice.of(record, pattern(Mode.REVALIDATE), rule, NOON);
    }

    private static TagRule minAge(Duration age) {
        return settled(false, false, false, false, age, Instant.MIN, Set.of());
    }

    private static TagRule noReturn() {
        return settled(false, false, false, true, Duration.ZERO, Instant.MIN, Set.of());
    }

    private static TagRule firstSeen(boolean unconfirmed) {
        return settled(true, unconfirmed, false, false, Duration.ZERO, Instant.MIN, Set.of());
    }

    private static TagRule settled(
            boolean pin,
            boolean unconfirmed,
            boolean first,
            boolean stay,
            Duration age,
            Instant until,
            Set<Digest> old) {
        return new TagRule.Settled(pin, unconfirmed, first, stay, age, until, old);
    }

    /** One after the other, a second each, long ago. */
    private static TagRecord had(Descriptor... manifests) {
        List<Seen> history = new ArrayList<>();
        for (Descriptor each : manifests) {
            Instant at = NOON.minus(Duration.ofDays(30)).plusSeconds(history.size());
            history.add(new Seen(each, at, at));
        }
        return new TagRecord(new Tag("1"), history, false);
    }

    /** With the hours for which the age of each has counted. */
    private static TagRecord aged(TagRecord record, Map<Descriptor, Integer> hours) {
        TagFacts facts = record.facts();
        for (Map.Entry<Descriptor, Integer> each : hours.entrySet()) {
            facts = facts.aged(each.getKey().digest(), NOON.minus(Duration.ofHours(each.getValue())));
        }
        return record.with(facts);
    }

    private static TagRecord pinned(TagRecord record, Descriptor to, boolean promoted) {
        return record.with(new TagFacts(Map.of(), Optional.of(new TagPin(to.digest(), "", NOON, promoted)), Set.of()));
    }

    private static TagPattern pattern(Mode mode) {
        return new TagPattern(
                "**", mode, Duration.ofMinutes(5), Duration.ofHours(24), Duration.ofSeconds(1), false, false);
    }

    private static Descriptor manifest(String text) {
        return new Descriptor(
                MediaType.OCI_MANIFEST, Digest.of(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)), 1);
    }
}
