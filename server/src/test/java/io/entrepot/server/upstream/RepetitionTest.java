package io.entrepot.server.upstream;

import static io.entrepot.server.upstream.Bench.ALPINE;
import static io.entrepot.server.upstream.Bench.LATEST;
import static io.entrepot.server.upstream.Bench.await;
import static io.entrepot.server.upstream.Bench.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.TestImage;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests are sent once more, and how many. */
class RepetitionTest {

    private static final TestImage IMAGE = ImageBuilder.image().layer(10).build();

    private final FakeRegistry registry = FakeRegistry.start();
    private EndpointsBench bench;

    @BeforeEach
    void askOften() {
        registry.push("library/alpine", "latest", IMAGE);
        bench = EndpointsBench.of(Bench.config(registry.url(), Bench.PATIENT, Bench.PATIENT));
        earn(bench);
    }

    /** Two repetitions. */
    private void earn(EndpointsBench bench) {
        for (int i = 0; i < 20; i++) {
            await(bench.upstream.head(ALPINE, LATEST));
        }
        registry.forgetSeen();
    }

    @AfterEach
    void close() {
        bench.close();
        registry.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 504})
    void aServerErrorIsRepeated(int status) {
        registry.fault(Fault.STATUS.status(status).first(1));

        assertThat(await(bench.upstream.manifest(ALPINE, LATEST)).bytes()).isEqualTo(IMAGE.manifest());
        assertThat(registry.seen()).hasSize(2);
    }

    @Test
    void aConnectionThatClosesWithoutAnAnswerIsRepeated() {
        registry.fault(Fault.NO_ANSWER.everywhere().first(2));

        assertThat(await(bench.upstream.manifest(ALPINE, LATEST)).bytes()).isEqualTo(IMAGE.manifest());
    }

    @Test
    void whatFailsAgainIsNotAskedAThirdTime() {
        registry.fault(Fault.STATUS.status(500));

        assertThat(failure(bench.upstream.manifest(ALPINE, LATEST)).kind()).isEqualTo(Kind.FAILED);
        assertThat(registry.seen()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"400", "401", "403", "404", "429", "501"})
    void whatWouldBeAnsweredTheSameIsNotRepeated(int status) {
        registry.fault(Fault.STATUS.status(status));

        failure(bench.upstream.manifest(ALPINE, LATEST));

        assertThat(registry.count("/manifests/")).isEqualTo(1);
    }

    @Test
    void whoIsToComeLaterDoesNotComeAtOnce() {
        registry.fault(Fault.STATUS.status(503).lasting(Duration.ofSeconds(30)));

        assertThat(failure(bench.upstream.manifest(ALPINE, LATEST)).retryAfter())
                .isEqualTo(Duration.ofSeconds(30));
        assertThat(registry.seen()).hasSize(1);
    }

    @Test
    void whatTookLongIsNotRepeated() {
        Duration enoughForThoseBefore = Duration.ofSeconds(3);
        try (EndpointsBench impatient =
                EndpointsBench.of(Bench.config(registry.url(), enoughForThoseBefore, Bench.PATIENT))) {
            earn(impatient);
            registry.fault(Fault.HANG);

            assertThat(failure(impatient.upstream.manifest(ALPINE, LATEST)).kind())
                    .isEqualTo(Kind.TIMEOUT);
            assertThat(registry.seen()).hasSize(1);
        }
    }

    /** The answers between the failures keep the breaker closed, which would end it sooner. */
    @Test
    void failuresAmongAnswersAreNoStorm() {
        registry.fault(Fault.STATUS.status(503).on("GET", "/manifests/"));
        for (int i = 0; i < 100; i++) {
            await(bench.upstream.head(ALPINE, LATEST));
            failure(bench.upstream.manifest(ALPINE, LATEST));
        }

        // a tenth of these, and of the twenty before
        assertThat(registry.seen()).hasSize(200 + 22);
    }

    @Test
    void aCrowdThatFailsIsNoStorm() {
        registry.fault(Fault.STATUS.status(503));
        List<CompletableFuture<?>> crowd = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            crowd.add(bench.upstream.manifest(ALPINE, LATEST));
        }

        assertThat(crowd).allSatisfy(each -> failure(each));
        assertThat(registry.seen()).hasSizeLessThanOrEqualTo(500 + 52);
    }
}
