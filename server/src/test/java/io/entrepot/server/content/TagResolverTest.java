package io.entrepot.server.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.config.MirrorConfig.TagPattern.Mode;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.content.Resolved.Source;
import io.entrepot.server.upstream.Thrift;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TagResolverTest extends ContentFixture {

    private static final TagPattern PATTERN = pattern(Mode.REVALIDATE);
    private static final TagPattern BY_GET =
            new TagPattern("**", Mode.REVALIDATE, PATTERN.fresh(), PATTERN.stale(), PATTERN.maxWait(), false, true);

    @Test
    void asksByOneGetForATagThatItDoesNotKnow() {
        Descriptor manifest = upstream.manifest("1", MANIFEST);

        assertThat(resolve("1", PATTERN).manifest().descriptor()).isEqualTo(manifest);
        assertThat(upstream.asked).containsExactly("GET 1");
    }

    @Test
    void asksNobodyWhileTheTagIsFresh() {
        upstream.manifest("1", MANIFEST);
        resolve("1", PATTERN);
        upstream.asked.clear();

        assertThat(resolve("1", PATTERN).source()).isEqualTo(Source.HIT);
        assertThat(upstream.asked).isEmpty();
    }

    @Test
    void asksByHeadWhenItIsNotFresh() {
        upstream.manifest("1", MANIFEST);
        resolve("1", PATTERN);
        upstream.asked.clear();
        clock.pass(Duration.ofMinutes(6));

        assertThat(resolve("1", PATTERN).source()).isEqualTo(Source.REVALIDATED);
        assertThat(resolve("1", PATTERN).source()).isEqualTo(Source.HIT);
        assertThat(upstream.asked).containsExactly("HEAD 1");
    }

    @Test
    void fetchesATagThatMovedAndReportsIt() {
        upstream.manifest("1", MANIFEST);
        resolve("1", PATTERN);
        Descriptor moved = upstream.manifest("1", OTHER_MANIFEST);
        upstream.asked.clear();
        clock.pass(Duration.ofMinutes(6));

        assertThat(resolve("1", PATTERN).manifest().descriptor()).isEqualTo(moved);
        assertThat(upstream.asked).containsExactly("HEAD 1", "GET " + moved.digest());
        assertThat(incidents).hasAtLeastOneElementOfType(Incident.TagMoved.class);
    }

    @Test
    void reportsATagThatReturnsToADigestThatItHadLeft() {
        upstream.manifest("1", MANIFEST);
        resolve("1", PATTERN);
        clock.pass(Duration.ofMinutes(6));
        upstream.manifest("1", OTHER_MANIFEST);
        resolve("1", PATTERN);
        clock.pass(Duration.ofMinutes(6));
        upstream.manifest("1", MANIFEST);
        resolve("1", PATTERN);

        assertThat(incidents).hasAtLeastOneElementOfType(Incident.TagRollback.class);
    }

    @Test
    void servesAnImmutableTagAsFirstSeenAndReportsThatItMoved() {
        Descriptor first = upstream.manifest("1", MANIFEST);
        resolve("1", pattern(Mode.IMMUTABLE));
        upstream.manifest("1", OTHER_MANIFEST);
        clock.pass(Duration.ofMinutes(6));

        assertThat(resolve("1", pattern(Mode.IMMUTABLE)).manifest().descriptor())
                .isEqualTo(first);
        eventually(() -> assertThat(incidents).hasAtLeastOneElementOfType(Incident.ImmutableMoved.class));
        assertThat(resolve("1", pattern(Mode.IMMUTABLE)).manifest().descriptor())
                .isEqualTo(first);
    }

    @Test
    void keepsNoRecordOfATagThatIsNeverFresh() {
        upstream.manifest("1", MANIFEST);
        resolve("1", pattern(Mode.NEVER));
        resolve("1", pattern(Mode.NEVER));

        assertThat(upstream.asked).containsExactly("GET 1", "HEAD 1");
        assertThat(content.knownTags(REPOSITORY).join()).isEmpty();
    }

    @Test
    void asksOnceForConcurrentRequestsOfOneTag() {
        upstream.manifest("1", MANIFEST);
        resolve("1", PATTERN);
        clock.pass(Duration.ofMinutes(6));
        upstream.asked.clear();
        upstream.headGate = new CompletableFuture<>();
        TagPattern patient = new TagPattern(
                "**",
                Mode.REVALIDATE,
                Duration.ofMinutes(5),
                Duration.ofHours(24),
                Duration.ofSeconds(30),
                false,
                false);
        CompletableFuture<Resolved> one = resolving("1", patient);
        CompletableFuture<Resolved> two = resolving("1", patient);

        upstream.headGate.complete(null);

        assertThat(one.join().source()).isEqualTo(Source.REVALIDATED);
        assertThat(two.join().source()).isEqualTo(Source.REVALIDATED);
        assertThat(upstream.asked).containsExactly("HEAD 1");
    }

    @Test
    void answersFromTheRecordWhenTheUpstreamHangs() {
        upstream.manifest("1", MANIFEST);
        resolve("1", PATTERN);
        clock.pass(Duration.ofMinutes(6));
        upstream.headGate = new CompletableFuture<>();

        TagPattern hasty = new TagPattern(
                "**",
                Mode.REVALIDATE,
                Duration.ofMinutes(5),
                Duration.ofHours(24),
                Duration.ofMillis(20),
                false,
                false);

        Resolved resolved = resolve("1", hasty);

        assertThat(resolved.source()).isEqualTo(Source.STALE);
        assertThat(resolved.staleBecause()).contains("the upstream did not answer within 20 ms");
    }

    @Test
    void answersAtOnceAndAsksBehindWhereTheWaitIsZero() {
        upstream.manifest("1", MANIFEST);
        resolve("1", PATTERN);
        clock.pass(Duration.ofMinutes(6));
        upstream.headGate = new CompletableFuture<>();
        TagPattern impatient = new TagPattern(
                "**", Mode.REVALIDATE, Duration.ofMinutes(5), Duration.ofHours(24), Duration.ZERO, false, false);

        assertThat(resolving("1", impatient)).isCompletedWithValueMatching(r -> r.source() == Source.STALE);
        upstream.headGate.complete(null);

        eventually(() -> assertThat(resolve("1", impatient).source()).isEqualTo(Source.HIT));
    }

    @Test
    void doesNotAskAgainRightAfterAFailure() {
        upstream.manifest("1", MANIFEST);
        resolve("1", PATTERN);
        clock.pass(Duration.ofMinutes(6));
        upstream.asked.clear();
        upstream.down = Optional.of(new UpstreamException(Kind.RATE_LIMITED, "slow down", Duration.ofSeconds(90)));

        for (int i = 0; i < 10; i++) {
            assertThat(resolve("1", PATTERN).source()).isEqualTo(Source.STALE);
        }
        clock.pass(Duration.ofSeconds(80));
        resolve("1", PATTERN);
        assertThat(upstream.asked).containsExactly("HEAD 1");
        clock.pass(Duration.ofSeconds(11));
        resolve("1", PATTERN);
        assertThat(upstream.asked).containsExactly("HEAD 1", "HEAD 1");
    }

    @ParameterizedTest
    @CsvSource({
        "NOT_FOUND, 404, docker.io/library/alpine:1: said so",
        "REFUSED, 403, upstream refuses: said so",
        "RATE_LIMITED, 503, upstream rate limit: said so",
        "FAILED, 503, upstream unavailable: said so",
        "TIMEOUT, 503, upstream unavailable: said so",
        "UNREACHABLE, 503, upstream unavailable: said so",
        "CUT, 503, upstream unavailable: said so",
        "INVALID, 502, upstream sent a wrong answer: said so",
        "WITHHELD, 503, upstream not asked: said so",
    })
    void tellsWhatTheUpstreamSaidWhereNothingIsKnown(Kind kind, int status, String message) {
        upstream.down = Optional.of(new UpstreamException(kind, "said so"));

        assertThatThrownBy(() -> resolve("1", PATTERN))
                .cause()
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        told -> assertThat(told.status()).isEqualTo(status))
                .hasMessage(message);
    }

    @Test
    void doesNotFetchADigestThatItHoldsWhenATagReturnsToIt() {
        upstream.manifest("1", MANIFEST);
        resolve("1", PATTERN);
        clock.pass(Duration.ofMinutes(6));
        upstream.manifest("1", OTHER_MANIFEST);
        resolve("1", PATTERN);
        clock.pass(Duration.ofMinutes(6));
        Descriptor first = upstream.manifest("1", MANIFEST);
        upstream.asked.clear();

        assertThat(resolve("1", PATTERN).manifest().descriptor()).isEqualTo(first);
        assertThat(upstream.asked).containsExactly("HEAD 1");
    }

    @Test
    void asksLessOftenWhereTheUpstreamIsToBeSparedAndSaysWhy() {
        upstream.manifest("1", MANIFEST);
        resolve("1", PATTERN);
        upstream.asked.clear();
        upstream.thrift = new Thrift(4, true, "24 requests left");
        clock.pass(Duration.ofMinutes(19));

        Resolved spared = resolve("1", PATTERN);
        assertThat(spared.source()).isEqualTo(Source.STALE);
        assertThat(spared.staleBecause()).contains("24 requests left");
        assertThat(upstream.asked).isEmpty();
        clock.pass(Duration.ofMinutes(2));
        assertThat(resolve("1", PATTERN).source()).isEqualTo(Source.REVALIDATED);
        assertThat(upstream.asked).containsExactly("HEAD 1");
    }

    @Test
    void neverTurnsARevalidationIntoAGet() {
        upstream.manifest("1", MANIFEST);
        resolve("1", PATTERN);
        upstream.asked.clear();
        upstream.headTells = false;
        clock.pass(Duration.ofMinutes(6));

        assertThat(resolve("1", PATTERN).staleBecause().orElseThrow())
                .isEqualTo(
                        "docker.io/library/alpine:1: HEAD does not say what it means (expected: a digest, a type and a"
                                + " length; ask-by-get: true for its tags asks by GET)");
        assertThat(upstream.asked).containsExactly("HEAD 1");
        clock.pass(Duration.ofHours(25));
        assertThat(resolve("1", PATTERN).source()).isEqualTo(Source.FETCHED);
        assertThat(upstream.asked).containsExactly("HEAD 1", "HEAD 1", "GET 1");
    }

    @Test
    void asksByGetWhereTheConfigurationSaysSoAndNothingIsCounted() {
        upstream.manifest("1", MANIFEST);
        resolve("1", BY_GET);
        upstream.headTells = false;
        upstream.asked.clear();
        clock.pass(Duration.ofMinutes(6));

        assertThat(resolve("1", BY_GET).source()).isEqualTo(Source.FETCHED);
        assertThat(upstream.asked).containsExactly("GET 1");
        upstream.thrift = new Thrift(1, true, "");
        clock.pass(Duration.ofMinutes(6));
        assertThat(resolve("1", BY_GET).source()).isEqualTo(Source.STALE);
        assertThat(upstream.asked).containsExactly("GET 1", "HEAD 1");
    }

    @Test
    void whatAGetDoesNotFindAnyMoreIsGoneAsWell() {
        upstream.manifest("1", MANIFEST);
        resolve("1", BY_GET);
        upstream.tags.remove("1");
        clock.pass(Duration.ofMinutes(6));

        assertThatThrownBy(() -> resolve("1", BY_GET)).hasCauseInstanceOf(RegistryException.ManifestUnknown.class);
    }

    @Test
    void servesStaleWhatMayNotBeAskedForAndTriesAgainAtOnce() {
        upstream.manifest("1", MANIFEST);
        resolve("1", PATTERN);
        upstream.asked.clear();
        clock.pass(Duration.ofMinutes(6));
        upstream.down = Optional.of(new UpstreamException(Kind.WITHHELD, "spent", Duration.ofHours(1)));

        assertThat(resolve("1", PATTERN).staleBecause()).contains("spent");
        upstream.down = Optional.empty();
        assertThat(resolve("1", PATTERN).source()).isEqualTo(Source.REVALIDATED);
    }

    @Test
    void refusesAManifestThatIsNotWhatWasAskedFor() {
        Digest digest = Digest.of(new byte[] {1});
        upstream.contents.put(digest.toString(), utf8(MANIFEST));

        assertThatThrownBy(() -> content.resolve(
                                upstream,
                                REPOSITORY,
                                new io.entrepot.oci.Reference.ByDigest(digest),
                                PATTERN,
                                TagRule.FREE)
                        .join())
                .hasCauseInstanceOf(RegistryException.BadUpstream.class);
        assertThat(held(digest)).isFalse();
    }

    private Resolved resolve(String tag, TagPattern pattern) {
        return resolving(tag, pattern).join();
    }

    private CompletableFuture<Resolved> resolving(String tag, TagPattern pattern) {
        return content.resolve(upstream, REPOSITORY, new Tag(tag), pattern, TagRule.FREE);
    }

    private static TagPattern pattern(Mode mode) {
        return new TagPattern(
                "**", mode, Duration.ofMinutes(5), Duration.ofHours(24), Duration.ofSeconds(30), false, false);
    }
}
