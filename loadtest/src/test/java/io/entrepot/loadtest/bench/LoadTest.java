package io.entrepot.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.loadtest.Blob;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Fault;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoadTest {

    private static final Blob BLOB = Blob.seeded(1, 100_000);

    private final FakeRegistry registry = FakeRegistry.start();
    private final URI uri = registry.url("/v2/bench/blobs/" + BLOB.digest());

    @BeforeEach
    void push() {
        registry.push("bench", BLOB);
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void countsTheAnswersAndBytesOfAClosedLoop() {
        Tally tally = Load.closedLoop(uri, 3, Duration.ofMillis(200));

        assertThat(tally.bytes()).isBetween(tally.answers() * BLOB.size(), (tally.answers() + 3) * BLOB.size());
        assertThat(registry.count("GET", "/blobs/")).isBetween(tally.answers(), tally.answers() + 3);
    }

    @Test
    void asksOnceOnEachConnectionOfABurst() {
        Burst burst = Load.burst(uri, 20);

        assertThat(burst.bytes()).isEqualTo(20 * BLOB.size());
        assertThat(burst.firstByte().values()).hasSize(20);
        assertThat(burst.firstByte().min()).isLessThanOrEqualTo(burst.total().min());
        assertThat(registry.count("GET", "/blobs/")).isEqualTo(20);
    }

    @Test
    void failsOnAnAnswerThatIsNot200() {
        registry.fault(Fault.STATUS);

        assertThatThrownBy(() -> Load.burst(uri, 1))
                .hasMessageContaining("HTTP/1.1 503")
                .hasMessageContaining("200");
    }

    @Test
    void failsOnABodyThatIsCut() {
        registry.fault(Fault.CUT_BODY.at(40_000));

        assertThatThrownBy(() -> Load.burst(uri, 1)).hasMessageContaining("60000 bytes before its end");
    }

    @Test
    void pullsColdBlobsDirectly() {
        List<ColdRace.Result> results = new ColdRace(registry, 5, 50_000, 3).run(List.of());

        assertThat(results).hasSize(1);
        assertThat(results.get(0).name()).isEqualTo(ColdRace.DIRECT);
        assertThat(results.get(0).upstreamRatio().median()).isEqualTo(5);
        assertThat(results.get(0).upstreamRequests().median()).isEqualTo(5);
    }
}
