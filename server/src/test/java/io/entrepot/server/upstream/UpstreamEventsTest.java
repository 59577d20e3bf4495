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
import io.entrepot.loadtest.TokenAuth;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UpstreamEventsTest {

    private final TestImage image = ImageBuilder.image().layer(10).build();
    private final FakeRegistry registry =
            FakeRegistry.builder().auth(TokenAuth.anonymous()).start();
    private final Bench bench = Bench.at(registry.url());

    @BeforeEach
    void push() {
        registry.push("library/alpine", "latest", image);
    }

    @AfterEach
    void close() {
        bench.close();
        registry.close();
    }

    @Test
    void tellOfEveryRequest() {
        await(bench.upstream.manifest(ALPINE, LATEST));
        await(bench.upstream.head(ALPINE, LATEST));
        await(bench.upstream.blob(ALPINE, image.layer(0).digest(), 0, Optional.empty()))
                .close();
        await(bench.upstream.blobRange(ALPINE, image.layer(0).digest(), 0, 5)).close();
        await(bench.upstream.blobSize(ALPINE, image.layer(0).digest()));
        await(bench.upstream.tags(ALPINE, 0, Optional.empty()));

        assertThat(bench.results(Endpoint.MANIFEST)).containsExactly("401", "200");
        assertThat(bench.results(Endpoint.TOKEN)).containsExactly("200");
        assertThat(bench.results(Endpoint.MANIFEST_HEAD)).containsExactly("200");
        assertThat(bench.results(Endpoint.BLOB)).containsExactly("200", "206");
        assertThat(bench.results(Endpoint.BLOB_HEAD)).containsExactly("200");
        assertThat(bench.results(Endpoint.TAGS)).containsExactly("200");
        assertThat(bench.asked).allSatisfy(asked -> {
            assertThat(asked.upstream()).isEqualTo(Bench.REGISTRY.name());
            assertThat(asked.nanos()).isPositive();
        });
    }

    @Test
    void callAnAnswerThatCannotBeRightByThatName() {
        registry.fault(Fault.PORTAL);

        failure(bench.upstream.manifest(ALPINE, LATEST));

        assertThat(bench.results(Endpoint.MANIFEST)).containsExactly("INVALID");
    }

    @Test
    void tellThatARangeWasWrong() {
        registry.fault(Fault.NO_CONTENT_RANGE);

        failure(bench.upstream.blob(ALPINE, image.layer(0).digest(), 5, Optional.empty()));

        assertThat(bench.results(Endpoint.BLOB)).containsExactly("401", "INVALID");
    }

    @Test
    void tellWhatBrokeWhereThereWasNoAnswer() {
        registry.fault(Fault.NO_ANSWER.on("/manifests/"));

        failure(bench.upstream.manifest(ALPINE, LATEST));

        assertThat(bench.results(Endpoint.MANIFEST)).containsExactly("CUT");
    }

    @Test
    void tellOfALookAtTheRoot() {
        registry.fault(Fault.NO_CHALLENGE.on("/manifests/").first(1));

        await(bench.upstream.manifest(ALPINE, LATEST));

        assertThat(bench.results(Endpoint.ROOT)).containsExactly("401");
    }

    @Test
    void tellTheDateThatAnAnswerCarries() throws Exception {
        try (ScriptedRegistry dated = ScriptedRegistry.always(ScriptedRegistry.Answer.of(404))) {
            Instant before = Instant.now().minusSeconds(2);
            Bench asking = Bench.at(dated.url());
            failure(asking.upstream.manifest(ALPINE, LATEST));
            asking.close();

            assertThat(asking.dates)
                    .isNotEmpty()
                    .allSatisfy(date -> assertThat(date).isBetween(before, Instant.now()));
        }
    }

    @Test
    void tellNoDateThatIsNone() {
        assertThat(Exchange.date("Sun, 01 Mar 2026 12:00:00 GMT")).contains(Instant.parse("2026-03-01T12:00:00Z"));
        assertThat(Exchange.date("noon")).isEmpty();
        assertThat(Exchange.date("")).isEmpty();
    }
}
