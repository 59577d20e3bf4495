package io.entrepot.server.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.config.MirrorConfig.TagPattern.Mode;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.ByDigest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.content.Resolved.Source;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What tags mean under rules: through the store, over restarts, with upstreams that move, lie down and come back. */
class TagRuleTest extends ContentFixture {

    private static final Tag TAG = new Tag("1");
    private static final String THIRD_MANIFEST = "{\"schemaVersion\":2,\"layers\":[],\"annotations\":{\"c\":\"d\"}}";
    private static final TagPattern PATTERN = pattern(Mode.REVALIDATE);
    private static final Duration STALE = Duration.ofMinutes(6);
    private static final Duration THREE_DAYS = Duration.ofHours(72);
    private static final TagRule MIN_AGE = settled(false, false, false, false, THREE_DAYS);
    private static final TagRule NO_RETURN = settled(false, false, false, true, Duration.ZERO);
    private static final TagRule KEEP_FIRST = settled(false, false, true, false, Duration.ZERO);
    private static final TagRule FIRST_SEEN = settled(true, true, false, false, Duration.ZERO);
    private static final TagRule CONFIRMED = settled(true, false, false, false, Duration.ZERO);

    // The age of a digest

    @Test
    void aTagAnswersWithTheLastDigestThatIsOldEnough() {
        Descriptor old = matured(MANIFEST);
        Descriptor young = moved(OTHER_MANIFEST);

        assertThat(pull(MIN_AGE)).isEqualTo(old.digest());
        pass(THREE_DAYS.minusSeconds(1));
        assertThat(pull(MIN_AGE)).isEqualTo(old.digest());
        pass(Duration.ofSeconds(1));
        assertThat(pull(MIN_AGE)).isEqualTo(young.digest());
    }

    @Test
    void theNewDigestIsNotEvenFetchedBeforeItIsNeeded() {
        matured(MANIFEST);
        moved(OTHER_MANIFEST);
        upstream.asked.clear();
        pull(MIN_AGE);

        assertThat(upstream.asked).containsExactly("HEAD 1");
    }

    @Test
    void theClockOfANewDigestBeginsWithThePullThatSeesIt() {
        matured(MANIFEST);
        Descriptor young = moved(OTHER_MANIFEST);
        Instant seen = trusted.instant();
        pull(MIN_AGE);

        assertThat(content.sightings(REPOSITORY, young.digest()).join())
                .containsExactly(new TagSighting(TAG, Optional.of(seen), false, false, false));
    }

    @Test
    void aPullThatIsRefusedForAnotherReasonBeginsNoClock() {
        Descriptor only = upstream.manifest("1", MANIFEST);
        resolve(MIN_AGE);

        assertThat(content.sightings(REPOSITORY, only.digest()).join())
                .containsExactly(new TagSighting(TAG, Optional.empty(), true, false, false));
        pass(THREE_DAYS);
        assertThat(resolve(MIN_AGE).tag().orElseThrow().since()).isEmpty();
    }

    @Test
    void askingByDigestBeginsNoClock() {
        Descriptor only = upstream.manifest("1", MANIFEST);
        content.admit(upstream, REPOSITORY, byDigest(only.digest())).join();
        assertThat(content.sightings(REPOSITORY, only.digest()).join()).isEmpty();

        pass(THREE_DAYS);
        assertThat(resolve(MIN_AGE).tag().orElseThrow().since()).isEmpty();
    }

    @Test
    void theAgeUnderAnotherTagIsNoAgeUnderThisOne() {
        Descriptor both = upstream.manifest("1", MANIFEST);
        upstream.tags.put("other", both);
        content.resolve(upstream, REPOSITORY, new Tag("other"), PATTERN, MIN_AGE)
                .join();
        content.beginAge(REPOSITORY, new Tag("other")).join();
        pass(THREE_DAYS);

        assertThat(resolve(MIN_AGE).tag().orElseThrow().since()).isEmpty();
        assertThat(content.sightings(REPOSITORY, both.digest()).join())
                .extracting(TagSighting::tag, sighting -> sighting.since().isPresent())
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple(TAG, false),
                        org.assertj.core.groups.Tuple.tuple(new Tag("other"), true));
    }

    @Test
    void theAgeInAnotherRepositoryIsNoAgeHere() {
        upstream.manifest("1", MANIFEST);
        content.resolve(upstream, OTHER, TAG, PATTERN, MIN_AGE).join();
        content.beginAge(OTHER, TAG).join();

        assertThat(resolve(MIN_AGE).tag().orElseThrow().since()).isEmpty();
    }

    @Test
    void anAgeGoesOnAfterARestart() throws IOException {
        Descriptor old = matured(MANIFEST);
        Descriptor young = moved(OTHER_MANIFEST);
        pull(MIN_AGE);
        pass(THREE_DAYS.minusSeconds(1));
        reopen();
        assertThat(pull(MIN_AGE)).isEqualTo(old.digest());

        pass(Duration.ofSeconds(1));
        assertThat(pull(MIN_AGE)).isEqualTo(young.digest());
    }

    @Test
    void agesCountByTrustedTimeAlone() {
        Descriptor old = matured(MANIFEST);
        moved(OTHER_MANIFEST);
        pull(MIN_AGE);
        clock.pass(Duration.ofDays(400));

        assertThat(pull(MIN_AGE)).isEqualTo(old.digest());
    }

    @Test
    void withNoneOldEnoughTheNewestComesWithTheTimeAtWhichItsClockBegan() {
        upstream.manifest("1", MANIFEST);
        pull(MIN_AGE);
        Instant began = trusted.instant();
        pass(Duration.ofHours(1));

        assertThat(resolve(MIN_AGE).tag()).contains(new TagSighting(TAG, Optional.of(began), true, false, false));
    }

    @Test
    void theOldDigestIsServedWhileTheUpstreamIsDown() {
        Descriptor old = matured(MANIFEST);
        moved(OTHER_MANIFEST);
        pull(MIN_AGE);
        down(Kind.UNREACHABLE);
        pass(STALE);

        Resolved resolved = resolve(MIN_AGE);
        assertThat(resolved.manifest().descriptor()).isEqualTo(old);
        assertThat(resolved.source()).isEqualTo(Source.STALE);
    }

    @Test
    void theOldDigestIsFetchedByItselfIfItIsNotHeldAnyMore() throws IOException {
        Descriptor old = matured(MANIFEST);
        moved(OTHER_MANIFEST);
        pull(MIN_AGE);
        drop(old.digest());
        reopen();
        upstream.asked.clear();
        pass(STALE);

        assertThat(pull(MIN_AGE)).isEqualTo(old.digest());
        assertThat(upstream.asked).containsExactly("HEAD 1", "GET " + old.digest());
    }

    @Test
    void aTagThatIsGoneIsGoneAlsoIfItHadAnOldDigest() {
        matured(MANIFEST);
        upstream.tags.remove("1");
        pass(STALE);

        assertThatThrownBy(() -> resolve(MIN_AGE)).hasCauseInstanceOf(RegistryException.ManifestUnknown.class);
    }

    @Test
    void aTagThatIsNeverBelievedHasARecordUnderARule() {
        Descriptor old = upstream.manifest("1", MANIFEST);
        TagPattern never = pattern(Mode.NEVER);
        resolving(never, MIN_AGE).join();
        content.beginAge(REPOSITORY, TAG).join();
        pass(THREE_DAYS);
        upstream.manifest("1", OTHER_MANIFEST);
        upstream.asked.clear();

        assertThat(resolving(never, MIN_AGE).join().manifest().descriptor()).isEqualTo(old);
        assertThat(resolving(never, MIN_AGE).join().manifest().descriptor()).isEqualTo(old);
        assertThat(upstream.asked).containsExactly("HEAD 1", "HEAD 1");
    }

    // No return, and the first digest

    @Test
    void aTagDoesNotReturnUntilThatIsPromoted() throws IOException {
        upstream.manifest("1", MANIFEST);
        pull(NO_RETURN);
        Descriptor second = moved(OTHER_MANIFEST);
        assertThat(pull(NO_RETURN)).isEqualTo(second.digest());
        Descriptor first = moved(MANIFEST);

        assertThat(pull(NO_RETURN)).isEqualTo(second.digest());
        assertThat(incidents).hasAtLeastOneElementOfType(Incident.TagRollback.class);
        reopen();
        assertThat(pull(NO_RETURN)).isEqualTo(second.digest());

        assertThat(content.promote(REPOSITORY, TAG, Optional.empty(), "ops").join())
                .contains(new Promoted(Promoted.What.RETURN, first.digest()));
        assertThat(pull(NO_RETURN)).isEqualTo(first.digest());
        reopen();
        assertThat(pull(NO_RETURN)).isEqualTo(first.digest());
    }

    @Test
    void aTagThatGoesOnAfterAReturnIsFollowed() {
        upstream.manifest("1", MANIFEST);
        pull(NO_RETURN);
        moved(OTHER_MANIFEST);
        pull(NO_RETURN);
        moved(MANIFEST);
        pull(NO_RETURN);
        Descriptor third = moved(THIRD_MANIFEST);

        assertThat(pull(NO_RETURN)).isEqualTo(third.digest());
    }

    @Test
    void theFirstDigestIsKeptAndTheUpstreamAskedBehindTheAnswer() {
        Descriptor first = upstream.manifest("1", MANIFEST);
        assertThat(pull(KEEP_FIRST)).isEqualTo(first.digest());
        moved(OTHER_MANIFEST);

        Resolved resolved = resolve(KEEP_FIRST);
        assertThat(resolved.manifest().descriptor()).isEqualTo(first);
        assertThat(resolved.source()).isEqualTo(Source.HIT);
        assertThat(resolved.tag().orElseThrow().first()).isTrue();
        eventually(() -> assertThat(incidents).hasAtLeastOneElementOfType(Incident.ImmutableMoved.class));
        assertThat(pull(KEEP_FIRST)).isEqualTo(first.digest());
    }

    // Pins of the lock file

    @Test
    void aPinnedTagMeansItsDigestWhateverTheUpstreamSays() {
        Descriptor pin = upstream.manifest("1", MANIFEST);
        Descriptor now = upstream.manifest("1", OTHER_MANIFEST);
        upstream.asked.clear();

        Resolved resolved = resolve(new TagRule.Pinned(pin.digest()));
        assertThat(resolved.manifest().descriptor()).isEqualTo(pin);
        eventually(() ->
                assertThat(incidents).contains(new Incident.PinDrift(REPOSITORY, TAG, pin.digest(), now.digest())));
        assertThat(upstream.asked).containsExactly("GET " + pin.digest(), "HEAD 1");
    }

    @Test
    void aPinIsComparedNoMoreOftenThanTheTagIsFresh() {
        Descriptor pin = upstream.manifest("1", MANIFEST);
        upstream.manifest("1", OTHER_MANIFEST);
        TagRule rule = new TagRule.Pinned(pin.digest());
        content.admit(upstream, REPOSITORY, resolve(rule)).join();
        eventually(() -> assertThat(drifts()).isEqualTo(1));
        for (int i = 0; i < 10; i++) {
            resolve(rule);
        }
        assertThat(upstream.asked.stream().filter("HEAD 1"::equals)).hasSize(1);

        clock.pass(STALE);
        resolve(rule);
        eventually(() -> assertThat(drifts()).isEqualTo(2));
        assertThat(upstream.asked.stream().filter("HEAD 1"::equals)).hasSize(2);
    }

    @Test
    void aPinIsComparedNoMoreOftenAlsoIfTheTagIsGone() {
        Descriptor pin = upstream.manifest("1", MANIFEST);
        TagRule rule = new TagRule.Pinned(pin.digest());
        content.admit(upstream, REPOSITORY, resolve(rule)).join();
        eventually(() -> assertThat(content.knownTags(REPOSITORY).join()).containsExactly("1"));
        // as long as this comparison is under way, the next one is the same
        eventually(() -> assertThat(content.upstreamWaiting()).isZero());
        upstream.tags.remove("1");
        upstream.asked.clear();
        clock.pass(STALE);
        for (int i = 0; i < 10; i++) {
            assertThat(resolve(rule).manifest().descriptor()).isEqualTo(pin);
            clock.pass(Duration.ofSeconds(20));
        }

        eventually(() -> assertThat(upstream.asked).containsExactly("HEAD 1"));
        assertThat(drifts()).isZero();
    }

    @Test
    void aPinnedTagIsServedWhileTheUpstreamIsDown() throws IOException {
        Descriptor pin = upstream.manifest("1", MANIFEST);
        TagRule rule = new TagRule.Pinned(pin.digest());
        content.admit(upstream, REPOSITORY, resolve(rule)).join();
        down(Kind.UNREACHABLE);
        reopen();
        pass(Duration.ofDays(400));

        Resolved resolved = resolve(rule);
        assertThat(resolved.manifest().descriptor()).isEqualTo(pin);
        assertThat(resolved.source()).isEqualTo(Source.HIT);
    }

    @Test
    void aPinThatTheUpstreamDoesNotHaveSaysSo() {
        upstream.manifest("1", MANIFEST);
        Digest nowhere = Digest.of(new byte[] {1});

        assertThatThrownBy(() -> resolve(new TagRule.Pinned(nowhere)))
                .hasCauseInstanceOf(RegistryException.ManifestUnknown.class)
                .hasMessageContaining(REPOSITORY + ":1@" + nowhere);
    }

    // Pins of first pulls

    @Test
    void whatWasPulledFirstIsThePin() throws IOException {
        Descriptor first = upstream.manifest("1", MANIFEST);
        pull(FIRST_SEEN);
        content.proposePin(REPOSITORY, TAG, first.digest(), "alice").join();
        Descriptor now = moved(OTHER_MANIFEST);
        reopen();

        Resolved resolved = resolve(FIRST_SEEN);
        assertThat(resolved.manifest().descriptor()).isEqualTo(first);
        assertThat(resolved.tag().orElseThrow().proposed()).isTrue();
        eventually(() ->
                assertThat(incidents).contains(new Incident.PinDrift(REPOSITORY, TAG, first.digest(), now.digest())));
    }

    @Test
    void aProposalHoldsOnceItIsPromoted() {
        Descriptor first = upstream.manifest("1", MANIFEST);
        pull(CONFIRMED);
        content.proposePin(REPOSITORY, TAG, first.digest(), "alice").join();
        Descriptor now = moved(OTHER_MANIFEST);
        assertThat(pull(CONFIRMED)).isEqualTo(now.digest());
        assertThat(content.sightings(REPOSITORY, first.digest()).join())
                .extracting(TagSighting::pinned, TagSighting::proposed)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(false, true));

        assertThat(content.promote(REPOSITORY, TAG, Optional.empty(), "ops").join())
                .contains(new Promoted(Promoted.What.PIN, first.digest()));
        assertThat(pull(CONFIRMED)).isEqualTo(first.digest());
        assertThat(content.sightings(REPOSITORY, first.digest()).join())
                .extracting(TagSighting::pinned, TagSighting::proposed)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(true, false));
    }

    @Test
    void aPinMovesToAnotherDigestThatTheTagHadOnlyIfSomebodySaysSo() {
        Descriptor first = upstream.manifest("1", MANIFEST);
        pull(FIRST_SEEN);
        content.proposePin(REPOSITORY, TAG, first.digest(), "alice").join();
        Descriptor second = moved(OTHER_MANIFEST);
        pull(FIRST_SEEN);
        eventually(() -> assertThat(drifts()).isEqualTo(1));

        content.promote(REPOSITORY, TAG, Optional.of(second.digest()), "ops").join();
        assertThat(pull(FIRST_SEEN)).isEqualTo(second.digest());
        assertThat(content.promote(REPOSITORY, TAG, Optional.of(Digest.of(new byte[] {1})), "ops")
                        .join())
                .isEmpty();
        assertThat(pull(FIRST_SEEN)).isEqualTo(second.digest());
    }

    @Test
    void nothingIsPromotedWhereNothingWasProposed() {
        upstream.manifest("1", MANIFEST);
        pull(TagRule.FREE);

        assertThat(content.promote(REPOSITORY, TAG, Optional.empty(), "ops").join())
                .isEmpty();
        assertThat(content.promote(REPOSITORY, new Tag("unknown"), Optional.empty(), "ops")
                        .join())
                .isEmpty();
    }

    @Test
    void twoFirstPullsAtOnceLeaveOnePinThatBothGet() {
        Descriptor first = upstream.manifest("1", MANIFEST);
        pull(FIRST_SEEN);
        Descriptor second = moved(OTHER_MANIFEST);
        pull(FIRST_SEEN);
        CompletableFuture<Void> one = content.proposePin(REPOSITORY, TAG, first.digest(), "one");
        CompletableFuture<Void> two = content.proposePin(REPOSITORY, TAG, second.digest(), "two");
        CompletableFuture.allOf(one, two).join();

        List<Digest> pinned = java.util.stream.Stream.of(first, second)
                .map(Descriptor::digest)
                .filter(digest ->
                        content.sightings(REPOSITORY, digest).join().stream().anyMatch(TagSighting::proposed))
                .toList();
        assertThat(pinned).hasSize(1);
        assertThat(pull(FIRST_SEEN)).isEqualTo(pinned.get(0));
    }

    @Test
    void aPromotionWhilePullsProposeIsNotLost() {
        Descriptor first = upstream.manifest("1", MANIFEST);
        pull(FIRST_SEEN);
        content.proposePin(REPOSITORY, TAG, first.digest(), "one").join();
        Descriptor second = moved(OTHER_MANIFEST);
        pull(FIRST_SEEN);
        eventually(
                () -> assertThat(content.sightings(REPOSITORY, second.digest()).join())
                        .isNotEmpty());

        List<CompletableFuture<?>> all = new java.util.ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(content.proposePin(REPOSITORY, TAG, second.digest(), "pull " + i));
            all.add(
                    i == 25
                            ? content.promote(REPOSITORY, TAG, Optional.empty(), "ops")
                            : resolving(PATTERN, FIRST_SEEN));
        }
        all.forEach(CompletableFuture::join);

        assertThat(content.sightings(REPOSITORY, first.digest()).join())
                .extracting(TagSighting::pinned)
                .containsExactly(true);
    }

    private Descriptor matured(String manifest) {
        Descriptor descriptor = upstream.manifest("1", manifest);
        pull(MIN_AGE);
        pass(THREE_DAYS);
        assertThat(pull(MIN_AGE)).isEqualTo(descriptor.digest());
        return descriptor;
    }

    /** The upstream's tag moves, and what is known of it here is not fresh any more. */
    private Descriptor moved(String manifest) {
        pass(STALE);
        return upstream.manifest("1", manifest);
    }

    private void pass(Duration time) {
        clock.pass(time);
        trusted.pass(time);
    }

    private void down(Kind kind) {
        upstream.down = Optional.of(new UpstreamException(kind, "away"));
    }

    private long drifts() {
        return incidents.stream().filter(Incident.PinDrift.class::isInstance).count();
    }

    /** As an allowed pull, or one that is refused for its age alone, does it. */
    private Digest pull(TagRule rule) {
        Resolved resolved = resolve(rule);
        content.beginAge(REPOSITORY, TAG).join();
        return resolved.manifest().descriptor().digest();
    }

    private Resolved resolve(TagRule rule) {
        return resolving(PATTERN, rule).join();
    }

    private Resolved byDigest(Digest digest) {
        return content.resolve(upstream, REPOSITORY, new ByDigest(digest), PATTERN, TagRule.FREE)
                .join();
    }

    private CompletableFuture<Resolved> resolving(TagPattern pattern, TagRule rule) {
        return content.resolve(upstream, REPOSITORY, TAG, pattern, rule);
    }

    private static TagRule settled(boolean pin, boolean unconfirmed, boolean first, boolean stay, Duration age) {
        return new TagRule.Settled(pin, unconfirmed, first, stay, age, Instant.MIN, Set.of());
    }

    private static TagPattern pattern(Mode mode) {
        return new TagPattern(
                "**", mode, Duration.ofMinutes(5), Duration.ofHours(24), Duration.ofSeconds(30), false, false);
    }
}
