package io.entrepot.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Response;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** F21: an upstream that takes requests and answers none, seen by those who ask for what is held, and for what is not. */
class HangingUpstreamTest extends FaultFixture {

    /** Whoever waited for the upstream would not be answered within the time of this test. */
    private static final String WAITING_LONG = "tags: [ { match: \"**\", fresh: 0s, stale: 1h, wait: 1h } ]";

    @Override
    String upstream() {
        return IMPATIENT;
    }

    @Test
    void costsACachedTagNothingOnceItIsKnown() throws Exception {
        restart(WAITING_LONG);
        pullManifest();
        assertWhole(pullBlob());
        registry.pause();
        assertThat(RawHttp.get(manifest("never-seen")).status()).isEqualTo(503);

        // longer than the pause of the breaker, so that some of these find out whether it is back
        registry.forgetSeen();
        while (registry.seen().isEmpty()) {
            Response stale = RawHttp.get(manifest("1"));

            assertThat(stale.status()).isEqualTo(200);
            assertThat(stale.body()).isEqualTo(image.manifest());
            assertThat(stale.header("X-Entrepot-Cache")).isEqualTo("stale");
            assertWhole(pullBlob());
        }
        registry.resume();
    }

    @Test
    void refusesAtOnceWhatIsNotHeldAndSaysWhenToComeAgain() {
        registry.fault(Fault.HANG);
        Response first = RawHttp.head(manifest("never-seen"));
        assertThat(first.status()).isEqualTo(503);
        assertThat(first.reason()).contains("2000 ms");

        Response next = askedWithinAPause("nor-this");

        assertThat(next.status()).isEqualTo(503);
        assertThat(next.reason())
                .contains("upstream unavailable: docker.io: ")
                .contains("it is asked again in " + next.header("Retry-After") + " s");
        assertThat(Integer.parseInt(next.header("Retry-After"))).isBetween(1, 10);
    }

    /** Whoever asks when a pause is over finds out whether the upstream is back, and waits for that: on a busy machine perhaps we. */
    private Response askedWithinAPause(String tag) {
        Response response;
        do {
            registry.forgetSeen();
            response = RawHttp.head(manifest(tag));
        } while (!registry.seen().isEmpty());
        return response;
    }

    @Test
    void isAskedAgainWhenItIsBack() {
        registry.pause();
        RawHttp.get(manifest("1"));
        registry.resume();

        eventually(() -> assertThat(RawHttp.get(manifest("1")).status()).isEqualTo(200));
        assertWhole(pullBlob());
    }

    @Test
    void isInTheMetrics() {
        registry.pause();
        RawHttp.get(manifest("1"));
        assertThat(metrics())
                .contains("entrepot_upstream_endpoints_suspended{upstream=\"docker.io\",} 1.0")
                .contains("entrepot_incidents_total{kind=\"endpoint_suspended\",} 1.0");
        registry.resume();
        eventually(() -> assertThat(RawHttp.get(manifest("1")).status()).isEqualTo(200));

        assertThat(metrics())
                .contains("entrepot_upstream_endpoints_suspended{upstream=\"docker.io\",} 0.0")
                .contains("entrepot_incidents_total{kind=\"endpoint_resumed\",} 1.0");
    }

    private String metrics() {
        return RawHttp.get(URI.create("http://127.0.0.1:" + mirror.adminPort() + "/metrics"))
                .text();
    }
}
