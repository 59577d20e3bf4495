package io.entrepot.server.upstream;

import static io.entrepot.server.upstream.Bench.ALPINE;
import static io.entrepot.server.upstream.Bench.LATEST;
import static io.entrepot.server.upstream.Bench.await;
import static io.entrepot.server.upstream.Bench.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.TestImage;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.upstream.Incident.EndpointResumed;
import io.entrepot.server.upstream.Incident.EndpointSuspended;
import io.entrepot.server.upstream.ScriptedRegistry.Answer;
import io.entrepot.server.upstream.Upstream.HeadReply;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An upstream that fails is left alone until it answers again. */
class SuspensionTest {

    private static final TestImage IMAGE = ImageBuilder.image().layer(10).build();
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final FakeRegistry registry = FakeRegistry.start();
    private EndpointsBench bench;

    @BeforeEach
    void open() {
        registry.push("library/alpine", "latest", IMAGE);
        bench = EndpointsBench.of(Bench.config(registry.url(), Bench.PATIENT, Bench.PATIENT));
    }

    @AfterEach
    void close() {
        bench.close();
        registry.close();
    }

    @Test
    void isNotAskedAfterFiveFailuresInARow() {
        registry.fault(Fault.STATUS.status(500));
        failFiveTimes();
        registry.forgetSeen();

        UpstreamException refused = failure(head());

        assertThat(refused.kind()).isEqualTo(Kind.SUSPENDED);
        assertThat(refused)
                .hasMessageStartingWith("registry.test: 500 server error")
                .hasMessageEndingWith("; it is asked again in 1 s");
        assertThat(registry.seen()).isEmpty();
        assertThat(bench.upstream.isSuspended()).isTrue();
    }

    @Test
    void tellsAClientWhenToComeAgain() {
        registry.stop();
        failFiveTimes();
        bench.pass(SECOND);
        failure(head());

        RegistryException told = failure(head()).told(RegistryException.ManifestUnknown::new);

        assertThat(told.status()).isEqualTo(503);
        assertThat(told.retryAfter()).isEqualTo(Duration.ofSeconds(2));
        assertThat(told).hasMessageContaining("connection refused").hasMessageContaining("asked again in 2 s");
    }

    @Test
    void isNotAskedAfterOneHang() {
        registry.fault(Fault.HANG);
        try (EndpointsBench other = EndpointsBench.of(Bench.config(registry.url(), Bench.SHORT, Bench.PATIENT))) {
            assertThat(failure(other.upstream.head(ALPINE, LATEST)).kind()).isEqualTo(Kind.TIMEOUT);

            assertThat(failure(other.upstream.head(ALPINE, LATEST)).kind()).isEqualTo(Kind.SUSPENDED);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404})
    void isAskedOnWhereItAnswersSomethingElse(int status) {
        registry.fault(Fault.STATUS.status(status));
        for (int i = 0; i < 20; i++) {
            failure(head());
        }

        assertThat(bench.upstream.isSuspended()).isFalse();
        assertThat(registry.count("/manifests/")).isEqualTo(20);
    }

    @Test
    void isLeftAloneButNotSuspendedWhereItLimits() {
        registry.fault(Fault.STATUS.status(429));
        for (int i = 0; i < 20; i++) {
            failure(head());
        }

        assertThat(bench.upstream.isSuspended()).isFalse();
        assertThat(registry.count("/manifests/")).isEqualTo(1);

        bench.pass(Duration.ofMinutes(5));
        failure(head());
        assertThat(registry.count("/manifests/")).isEqualTo(2);
    }

    @Test
    void isAskedOnWhereOnlyItsStorageFails() {
        try (FakeRegistry redirecting = FakeRegistry.builder()
                        .redirectBlobs(Duration.ofHours(1))
                        .start();
                EndpointsBench other = EndpointsBench.of(Bench.config(
                        redirecting.url(),
                        Bench.NOBODY,
                        List.of(redirecting.storageUrl().getAuthority()),
                        List.of()))) {
            redirecting.push("library/alpine", "latest", IMAGE);
            redirecting.fault(Fault.STATUS.status(503).on("/store/"));
            for (int i = 0; i < 10; i++) {
                failure(other.upstream.blob(ALPINE, IMAGE.layer(0).digest(), 0, Optional.empty()));
            }

            assertThat(other.upstream.isSuspended()).isFalse();
        }
    }

    @Test
    void isAskedOnWhereOnlyItsTokenServerFails() throws IOException {
        try (ScriptedRegistry tokens = ScriptedRegistry.always(Answer.of(500));
                ScriptedRegistry asking = ScriptedRegistry.always(
                        Answer.of(401, "WWW-Authenticate: Bearer realm=\"" + tokens.url() + "/token\""));
                EndpointsBench other = EndpointsBench.of(Bench.config(
                        asking.url(),
                        Bench.NOBODY,
                        List.of(),
                        List.of(tokens.url().getAuthority())))) {
            for (int i = 0; i < 10; i++) {
                UpstreamException failure = failure(other.upstream.head(ALPINE, LATEST));
                assertThat(failure.kind()).isEqualTo(Kind.FAILED);
                other.pass(SECOND.multipliedBy(3));
            }

            assertThat(tokens.seen()).hasSizeGreaterThanOrEqualTo(10);
            assertThat(other.upstream.isSuspended()).isFalse();
        }
    }

    @Test
    void isAskedOnWhereItIsNotKnownWhoWeAre() throws IOException {
        Credentials broken = new Credentials.Helper("/nowhere/docker-credential-broken");
        try (ScriptedRegistry asking = ScriptedRegistry.always(Answer.of(401, "WWW-Authenticate: Basic"));
                EndpointsBench other = EndpointsBench.of(Bench.config(asking.url(), broken, List.of(), List.of()))) {
            for (int i = 0; i < 10; i++) {
                assertThat(failure(other.upstream.head(ALPINE, LATEST)))
                        .hasMessageContaining("it cannot be found out who we are there");
            }

            assertThat(other.upstream.isSuspended()).isFalse();
        }
    }

    @Test
    void isAskedByOneRequestWhenItsPauseIsOver() {
        registry.stop();
        failFiveTimes();
        registry.restart();
        registry.pause();
        bench.pass(SECOND);
        registry.forgetSeen();

        CompletableFuture<Optional<HeadReply>> probe = head();
        for (int i = 0; i < 20; i++) {
            assertThat(failure(head()).kind()).isEqualTo(Kind.SUSPENDED);
        }

        registry.resume();
        assertThat(await(probe)).contains(new HeadReply(IMAGE.descriptor(), ""));
        assertThat(registry.count("/manifests/")).isEqualTo(1);
        assertThat(await(head())).contains(new HeadReply(IMAGE.descriptor(), ""));
    }

    @Test
    void isToldOfOnceWhenItBeginsAndOnceWhenItIsOver() {
        registry.stop();
        failFiveTimes();
        for (int i = 0; i < 3; i++) {
            bench.pass(Duration.ofSeconds(10));
            failure(head());
        }
        registry.restart();
        bench.pass(Duration.ofSeconds(10));
        await(head());

        assertThat(bench.incidents).hasSize(2);
        assertThat(bench.incidents.get(0)).isInstanceOf(EndpointSuspended.class);
        assertThat(((EndpointSuspended) bench.incidents.get(0)).endpoint()).isEqualTo(registry.host());
        assertThat(bench.incidents.get(1))
                .isEqualTo(new EndpointResumed(Bench.REGISTRY, registry.host(), Duration.ofSeconds(40)));
    }

    @Test
    void isSeenInItsHealth() {
        assertThat(bench.upstream.health()).isEqualTo(List.of(EndpointHealth.asked(registry.host())));
        registry.stop();
        failFiveTimes();

        EndpointHealth health = bench.upstream.health().get(0);
        assertThat(health.state()).isEqualTo(EndpointHealth.State.SUSPENDED);
        assertThat(health.since()).isPresent();
        assertThat(health.why()).contains("connection refused");
        assertThat(health.askedAgainIn()).isEqualTo(SECOND);

        registry.restart();
        registry.pause();
        bench.pass(SECOND);
        CompletableFuture<Optional<HeadReply>> probe = head();
        EndpointHealth tried = bench.upstream.health().get(0);
        assertThat(tried.state()).isEqualTo(EndpointHealth.State.HALF_OPEN);
        assertThat(tried.since()).isEqualTo(health.since());
        registry.resume();
        await(probe);
        assertThat(bench.upstream.health().get(0).isAsked()).isTrue();
    }

    private void failFiveTimes() {
        for (int i = 0; i < 5; i++) {
            assertThat(failure(head()).kind()).isNotEqualTo(Kind.SUSPENDED);
        }
    }

    private CompletableFuture<Optional<HeadReply>> head() {
        return bench.upstream.head(ALPINE, LATEST);
    }
}
