package io.entrepot.server.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.config.MirrorConfig.TagPattern.Mode;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.server.upstream.Thrift;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.server.upstream.UpstreamException.Kind;
import io.entrepot.storage.TagRecord;
import io.entrepot.storage.TagRecord.Seen;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PullPlanTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Descriptor OLD = manifest("old");
    private static final Descriptor NEW = manifest("new");
    private static final TagPattern FIVE_MINUTES = pattern(Mode.REVALIDATE, false);
    private static final TagPattern IMMUTABLE = pattern(Mode.IMMUTABLE, false);
    private static final Thrift SPARING = new Thrift(4, true, "little is left");
    private static final TagPattern NEVER = pattern(Mode.NEVER, false);

    @Test
    void fetchesWhatItDoesNotKnow() {
        assertThat(PullPlan.of(Optional.empty(), FIVE_MINUTES, TagRule.FREE, Thrift.NONE, NOON, NOON))
                .isEqualTo(new PullPlan.Fetch());
    }

    @Test
    void fetchesATagThatWasGone() {
        TagRecord gone = new TagRecord(new Tag("1"), List.of(new Seen(OLD, NOON, NOON)), true);

        assertThat(PullPlan.of(Optional.of(gone), FIVE_MINUTES, TagRule.FREE, Thrift.NONE, NOON, NOON))
                .isEqualTo(new PullPlan.Fetch());
    }

    @Test
    void servesAFreshTagWithoutAskingAnybody() {
        assertThat(at(Duration.ofMinutes(5), FIVE_MINUTES))
                .isEqualTo(new PullPlan.Serve(NEW, Duration.ofMinutes(5), false, Optional.empty()));
    }

    @Test
    void revalidatesATagThatIsNotFreshAndMayBeServedStale() {
        assertThat(at(Duration.ofMinutes(6), FIVE_MINUTES))
                .isEqualTo(new PullPlan.Revalidate(NEW, Duration.ofMinutes(6), true, Duration.ofSeconds(1)));
    }

    @Test
    void doesNotServeATagThatIsTooOldEvenStale() {
        Duration age = Duration.ofHours(24).plus(Duration.ofMinutes(6));

        assertThat(at(age, FIVE_MINUTES)).isEqualTo(new PullPlan.Revalidate(NEW, age, false, Duration.ofSeconds(1)));
    }

    @Test
    void revalidatesWhenTheClockWentBack() {
        assertThat(at(Duration.ofMinutes(-1), FIVE_MINUTES)).isInstanceOf(PullPlan.Revalidate.class);
    }

    @Test
    void servesAnImmutableTagAsFirstSeenAndLooksBehindItsBack() {
        assertThat(at(Duration.ofDays(400), IMMUTABLE))
                .isEqualTo(new PullPlan.Serve(OLD, Duration.ofDays(400), true, Optional.empty()));
    }

    @Test
    void sparesAnUpstreamThatHasLittleLeftAndSaysSo() {
        assertThat(at(Duration.ofMinutes(20), FIVE_MINUTES, SPARING))
                .isEqualTo(new PullPlan.Serve(NEW, Duration.ofMinutes(20), false, Optional.of("little is left")));
    }

    @Test
    void answersAFreshTagAsFreshAlsoWhereTheUpstreamIsSpared() {
        assertThat(at(Duration.ofMinutes(5), FIVE_MINUTES, SPARING))
                .isEqualTo(new PullPlan.Serve(NEW, Duration.ofMinutes(5), false, Optional.empty()));
    }

    @Test
    void revalidatesWhenTheLongerTimeIsOver() {
        assertThat(at(Duration.ofMinutes(21), FIVE_MINUTES, SPARING)).isInstanceOf(PullPlan.Revalidate.class);
    }

    @Test
    void sparesNobodyAtThePriceOfAnAnswerOlderThanStale() {
        TagPattern brief = new TagPattern(
                "**",
                Mode.REVALIDATE,
                Duration.ofMinutes(5),
                Duration.ofMinutes(3),
                Duration.ofSeconds(1),
                false,
                false);

        assertThat(at(Duration.ofMinutes(8), brief, SPARING)).isInstanceOf(PullPlan.Serve.class);
        assertThat(at(Duration.ofMinutes(9), brief, SPARING)).isInstanceOf(PullPlan.Revalidate.class);
    }

    @Test
    void looksBehindTheBackOfAnImmutableTagLessOften() {
        assertThat(at(Duration.ofMinutes(19), IMMUTABLE, SPARING))
                .isEqualTo(new PullPlan.Serve(OLD, Duration.ofMinutes(19), false, Optional.empty()));
    }

    @Test
    void believesWhatIsNeverBelievedForLongWhereTheUpstreamIsSpared() {
        TagPattern always = new TagPattern(
                "**", Mode.REVALIDATE, Duration.ZERO, Duration.ofHours(1), Duration.ofSeconds(1), false, false);

        assertThat(at(Duration.ofMinutes(2), always, SPARING)).isInstanceOf(PullPlan.Serve.class);
        assertThat(at(Duration.ofMinutes(3), always, SPARING)).isInstanceOf(PullPlan.Revalidate.class);
    }

    @Test
    void keepsNothingOfATagThatIsNeverFresh() {
        assertThat(at(Duration.ZERO, NEVER)).isEqualTo(new PullPlan.Fetch());
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, mode = EnumSource.Mode.EXCLUDE, names = "NOT_FOUND")
    void servesStaleWheneverTheUpstreamCannotSay(Kind kind) {
        assertThat(mayAnswer(kind, FIVE_MINUTES)).isTrue();
    }

    @Test
    void believesAnUpstreamThatSaysNotFound() {
        assertThat(mayAnswer(Kind.NOT_FOUND, FIVE_MINUTES)).isFalse();
    }

    @Test
    void servesStaleOnNotFoundWhereThatIsConfigured() {
        assertThat(mayAnswer(Kind.NOT_FOUND, pattern(Mode.REVALIDATE, true))).isTrue();
    }

    private static PullPlan at(Duration age, TagPattern pattern) {
        return at(age, pattern, Thrift.NONE);
    }

    private static PullPlan at(Duration age, TagPattern pattern, Thrift thrift) {
        Instant last = NOON.minus(age);
        TagRecord record = new TagRecord(
                new Tag("1"),
                List.of(new Seen(OLD, last.minusSeconds(99), last.minusSeconds(9)), new Seen(NEW, last, last)),
                false);
        return PullPlan.of(Optional.of(record), pattern, TagRule.FREE, thrift, NOON, NOON);
    }

    private static boolean mayAnswer(Kind kind, TagPattern pattern) {
        PullPlan.Revalidate plan = new PullPlan.Revalidate(NEW, Duration.ofMinutes(6), true, Duration.ofSeconds(1));
        return PullPlan.mayAnswer(plan, pattern, new UpstreamException(kind, "no"));
    }

    private static TagPattern pattern(Mode mode, boolean staleOnNotFound) {
        return new TagPattern(
                "**", mode, Duration.ofMinutes(5), Duration.ofHours(24), Duration.ofSeconds(1), staleOnNotFound, false);
    }

    private static Descriptor manifest(String text) {
        return new Descriptor(
                MediaType.OCI_MANIFEST, Digest.of(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)), 3);
    }
}
