package io.entrepot.server.upstream;

import static io.entrepot.server.upstream.Bench.ALPINE;
import static io.entrepot.server.upstream.Bench.LATEST;
import static io.entrepot.server.upstream.Bench.await;
import static io.entrepot.server.upstream.Bench.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.HubLimits;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.TestImage;
import io.entrepot.oci.Reference;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.upstream.ScriptedRegistry.Answer;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an upstream says of limits, and what is done about it, over real connections. */
class LimitedTest {

    private static final InstantSource NOW = InstantSource.fixed(Instant.EPOCH);
    private static final Duration SIX_HOURS = Duration.ofHours(6);
    private static final Payer ANN = new Payer("ann", false, false);
    private static final String PULL_LIMIT = "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"You have reached"
            + " your pull rate limit. You may increase the limit by upgrading\"}]}";

    private final TestImage image = ImageBuilder.image().layer(10).build();

    @Test
    void knowsFromEveryAnswerAboutAManifestWhatIsLeft() {
        try (FakeRegistry registry = hub(HubLimits.pulls(100, SIX_HOURS, NOW));
                Bench bench = Bench.at(registry.url())) {
            await(bench.upstream.manifest(ALPINE, LATEST));
            await(bench.upstream.head(ALPINE, LATEST));

            BudgetReport budget = budget(bench);
            assertThat(budget.account()).isEqualTo("anonymous");
            assertThat(budget.left()).isEqualTo(99);
            assertThat(budget.granted().orElseThrow().source()).isEqualTo("203.0.113.7");
            assertThat(budget.sent()).containsEntry(Endpoint.MANIFEST, 1L).containsEntry(Endpoint.MANIFEST_HEAD, 1L);
        }
    }

    @Test
    void isNotAskedForMoreThanItGrants() {
        HubLimits limits = HubLimits.pulls(3, SIX_HOURS, NOW);
        try (FakeRegistry registry = hub(limits);
                Bench bench = Bench.at(registry.url())) {
            for (int i = 0; i < 3; i++) {
                await(bench.upstream.manifest(ALPINE, LATEST));
            }
            UpstreamException failure = failure(bench.upstream.manifest(ALPINE, LATEST));

            assertThat(failure.kind()).isEqualTo(Kind.WITHHELD);
            assertThat(registry.count("GET", "/manifests/")).isEqualTo(3);
            assertThat(limits.refusedPulls()).isZero();
            RegistryException told = failure.told(RegistryException.ManifestUnknown::new);
            assertThat(told.status()).isEqualTo(503);
            assertThat(told.retryAfter()).isEqualTo(Duration.ofMinutes(15));
            assertThat(told.getMessage())
                    .isEqualTo("upstream not asked: registry.test: its rate limit is used up"
                            + " (0 of 3 in 6 h for anonymous); asked again in 15 min");
        }
    }

    @Test
    void findsOutThatOthersSpentIt() {
        HubLimits limits = HubLimits.pulls(3, SIX_HOURS, NOW);
        try (FakeRegistry registry = hub(limits);
                Bench bench = Bench.at(registry.url())) {
            limits.spend(3);

            UpstreamException limited = failure(bench.upstream.manifest(ALPINE, LATEST));
            assertThat(limited.kind()).isEqualTo(Kind.RATE_LIMITED);
            assertThat(limited.retryAfter()).as("when it will be asked again").isEqualTo(Duration.ofMinutes(15));
            assertThat(failure(bench.upstream.manifest(ALPINE, LATEST)).kind()).isEqualTo(Kind.WITHHELD);
            assertThat(limits.refusedPulls()).isEqualTo(1);
        }
    }

    @Test
    void isAskedByHeadWhetherThereIsRoomAgainBeforeAnythingThatCounts() {
        AtomicReference<Instant> clock = new AtomicReference<>(Instant.EPOCH);
        HubLimits limits = HubLimits.pulls(1, SIX_HOURS, clock::get);
        try (FakeRegistry registry = hub(limits);
                Bench bench = Bench.at(registry.url())) {
            await(bench.upstream.manifest(ALPINE, LATEST));
            bench.pass(Duration.ofMinutes(15));

            assertThat(failure(bench.upstream.manifest(ALPINE, LATEST)).kind()).isEqualTo(Kind.WITHHELD);
            assertThat(registry.count("HEAD", "/manifests/latest")).isEqualTo(1);
            assertThat(failure(bench.upstream.manifest(ALPINE, LATEST)).kind()).isEqualTo(Kind.WITHHELD);
            assertThat(registry.count("/manifests/")).isEqualTo(2);

            clock.set(Instant.EPOCH.plus(SIX_HOURS));
            bench.pass(Duration.ofMinutes(15));
            await(bench.upstream.manifest(ALPINE, LATEST));
            assertThat(registry.count("/manifests/")).isEqualTo(4);
            assertThat(limits.refusedPulls()).isZero();
        }
    }

    @Test
    void isAskedByNothingThatCountsWhereTheHeadIsLost() {
        HubLimits limits = HubLimits.pulls(1, SIX_HOURS, NOW);
        try (FakeRegistry registry = hub(limits);
                Bench bench = Bench.at(registry.url())) {
            await(bench.upstream.manifest(ALPINE, LATEST));
            bench.pass(Duration.ofMinutes(15));
            registry.fault(Fault.NO_ANSWER.on("HEAD", "/manifests/"));

            assertThat(failure(bench.upstream.manifest(ALPINE, LATEST)).kind()).isEqualTo(Kind.CUT);
            assertThat(registry.count("HEAD", "/manifests/")).isPositive();
            assertThat(registry.count("GET", "/manifests/")).isEqualTo(1);
            assertThat(limits.refusedPulls()).isZero();
        }
    }

    @Test
    void isNotAskedForWhatTheHeadDidNotFind() {
        HubLimits limits = HubLimits.pulls(1, SIX_HOURS, NOW);
        try (FakeRegistry registry = hub(limits);
                Bench bench = Bench.at(registry.url())) {
            await(bench.upstream.manifest(ALPINE, LATEST));
            bench.pass(Duration.ofMinutes(15));

            assertThat(failure(bench.upstream.manifest(ALPINE, new Reference.Tag("gone")))
                            .kind())
                    .isEqualTo(Kind.NOT_FOUND);
            assertThat(registry.count("GET", "/manifests/")).isEqualTo(1);
            assertThat(failure(bench.upstream.manifest(ALPINE, LATEST)).kind()).isEqualTo(Kind.WITHHELD);
            assertThat(limits.refusedPulls()).isZero();
        }
    }

    @Test
    void isAskedByOneThatCountsNowAndThenWhereItRefusesHeads() throws Exception {
        try (ScriptedRegistry registry = ScriptedRegistry.of(request -> request.method()
                                .equals("HEAD")
                        ? Answer.of(405)
                        : Answer.json(
                                429, PULL_LIMIT, "ratelimit-limit: 5;w=21600", "ratelimit-remaining: 0;w=21600"));
                Bench bench = Bench.at(registry.url())) {
            failure(bench.upstream.manifest(ALPINE, LATEST));
            bench.pass(Duration.ofMinutes(15));

            assertThat(failure(bench.upstream.manifest(ALPINE, LATEST)).kind()).isEqualTo(Kind.RATE_LIMITED);
            assertThat(failure(bench.upstream.manifest(ALPINE, LATEST)).kind()).isEqualTo(Kind.WITHHELD);
            assertThat(registry.seen()).hasSize(3);
        }
    }

    @Test
    void goesOnWhenItWasToldTo() throws Exception {
        try (ScriptedRegistry registry = ScriptedRegistry.always(Answer.json(429, PULL_LIMIT, "Retry-After: 2400"));
                Bench bench = Bench.at(registry.url())) {
            failure(bench.upstream.manifest(ALPINE, LATEST));

            assertThat(failure(bench.upstream.head(ALPINE, LATEST)).retryAfter())
                    .isEqualTo(Duration.ofMinutes(40));
            assertThat(registry.seen()).hasSize(1);
            bench.pass(Duration.ofMinutes(40));
            failure(bench.upstream.head(ALPINE, LATEST));
            assertThat(registry.seen()).hasSize(2);
        }
    }

    @Test
    void readsADateInRetryAfter() throws Exception {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                Instant.now().plus(Duration.ofMinutes(30)).atZone(ZoneOffset.UTC));
        try (ScriptedRegistry registry = ScriptedRegistry.always(Answer.json(429, PULL_LIMIT, "Retry-After: " + date));
                Bench bench = Bench.at(registry.url())) {
            failure(bench.upstream.manifest(ALPINE, LATEST));

            assertThat(failure(bench.upstream.manifest(ALPINE, LATEST)).retryAfter())
                    .isBetween(Duration.ofMinutes(28), Duration.ofMinutes(30));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Too Many Requests", "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\"}]}"})
    void leavesAnUpstreamAloneThatFindsUsTooFast(String body) throws Exception {
        try (ScriptedRegistry registry = ScriptedRegistry.always(
                        Answer.of(429, "Content-Type: text/plain").with(body));
                Bench bench = Bench.at(registry.url())) {
            failure(bench.upstream.manifest(ALPINE, LATEST));

            UpstreamException failure =
                    failure(bench.upstream.blob(ALPINE, image.layer(0).digest(), 0, Optional.empty()));
            assertThat(failure.kind()).isEqualTo(Kind.WITHHELD);
            assertThat(failure).hasMessage("registry.test: it asked us to slow down (429); asked again in 2 s");
            assertThat(registry.seen()).hasSize(1);
        }
    }

    @Test
    void goesOnAskingForBlobsWhenPullsAreUsedUp() {
        HubLimits limits = HubLimits.pulls(1, SIX_HOURS, NOW);
        try (FakeRegistry registry = hub(limits);
                Bench bench = Bench.at(registry.url())) {
            await(bench.upstream.manifest(ALPINE, LATEST));
            failure(bench.upstream.manifest(ALPINE, LATEST));

            BlobReply blob = await(bench.upstream.blob(ALPINE, image.layer(0).digest(), 0, Optional.empty()));
            assertThat(Bench.drain(blob)).isEqualTo(image.layer(0).bytes());
        }
    }

    @Test
    void letsAClientGuessSoOftenAndNoMore() {
        try (FakeRegistry registry = hub(HubLimits.pulls(100, SIX_HOURS, NOW));
                Bench bench = Bench.at(registry.url())) {
            await(bench.upstream.manifest(ALPINE, LATEST));
            RegistryUpstream guessing = bench.upstream.on(new Errand(ANN, true));
            for (int i = 0; i < 25; i++) {
                assertThat(failure(guessing.manifest(ALPINE, new Reference.Tag("guess-" + i)))
                                .kind())
                        .isEqualTo(Kind.NOT_FOUND);
            }
            UpstreamException failure = failure(guessing.manifest(ALPINE, new Reference.Tag("guess-25")));

            assertThat(failure.kind()).isEqualTo(Kind.WITHHELD);
            assertThat(registry.count("GET", "guess-")).isEqualTo(25);
            await(bench.upstream.on(new Errand(ANN, false)).manifest(ALPINE, LATEST));
        }
    }

    @Test
    void hearsNothingOfLimitsWhereThereAreNone() {
        try (FakeRegistry registry = FakeRegistry.start();
                Bench bench = Bench.at(registry.url())) {
            registry.push("library/alpine", "latest", image);
            await(bench.upstream.manifest(ALPINE, LATEST));

            assertThat(budget(bench).granted()).isEmpty();
            assertThat(bench.upstream.thrift(ALPINE)).isEqualTo(Thrift.NONE);
        }
    }

    private static BudgetReport budget(Bench bench) {
        return bench.upstream.budgets().get(0);
    }

    private FakeRegistry hub(HubLimits limits) {
        FakeRegistry registry = FakeRegistry.builder().limits(limits).start();
        registry.push("library/alpine", "latest", image);
        return registry;
    }
}
