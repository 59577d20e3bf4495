package io.entrepot.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.RawHttp.Response;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class HubLimitsTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
    private final TestImage image = ImageBuilder.image().layer(10).build();

    @Test
    void countAGetOfAManifestAndNoHead() {
        try (FakeRegistry registry = registry(pulls(2))) {
            assertThat(RawHttp.head(manifest(registry)).header("ratelimit-remaining"))
                    .isEqualTo("2;w=21600");
            Response first = RawHttp.get(manifest(registry));
            assertThat(first.header("ratelimit-limit")).isEqualTo("2;w=21600");
            assertThat(first.header("ratelimit-remaining")).isEqualTo("1;w=21600");
            assertThat(first.header("docker-ratelimit-source")).isEqualTo("203.0.113.7");
        }
    }

    @Test
    void refusePullsBeyondThemUntilTheWindowHasPassed() {
        HubLimits limits = pulls(1);
        try (FakeRegistry registry = registry(limits)) {
            RawHttp.get(manifest(registry));

            Response refused = RawHttp.get(manifest(registry));
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.text()).contains("TOOMANYREQUESTS").contains("pull rate limit");
            assertThat(refused.header("Retry-After")).isEmpty();
            assertThat(RawHttp.head(manifest(registry)).status()).isEqualTo(200);
            assertThat(limits.refusedPulls()).isEqualTo(1);
            now.set(NOON.plus(Duration.ofHours(6)));
            assertThat(RawHttp.get(manifest(registry)).status()).isEqualTo(200);
        }
    }

    @Test
    void sayWhenToComeAgainIfTheyAreToldTo() {
        HubLimits limits = pulls(1).sayingWhen();
        limits.spend(1);
        now.set(NOON.plus(Duration.ofHours(5)));
        try (FakeRegistry registry = registry(limits)) {
            assertThat(RawHttp.get(manifest(registry)).header("Retry-After")).isEqualTo("3601");
        }
    }

    @Test
    void refuseAnythingPlainlyToWhoIsTooFast() {
        HubLimits limits = pulls(100).abuse(3);
        try (FakeRegistry registry = registry(limits)) {
            for (int i = 0; i < 3; i++) {
                assertThat(RawHttp.head(manifest(registry)).status()).isEqualTo(200);
            }

            Response refused = RawHttp.get(manifest(registry));
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.text()).isEqualTo("Too Many Requests");
            assertThat(limits.refusedAsAbuse()).isEqualTo(1);
            now.set(NOON.plusSeconds(60));
            assertThat(RawHttp.get(manifest(registry)).status()).isEqualTo(200);
        }
    }

    private HubLimits pulls(int limit) {
        return HubLimits.pulls(limit, Duration.ofHours(6), now::get);
    }

    private FakeRegistry registry(HubLimits limits) {
        FakeRegistry registry = FakeRegistry.builder().limits(limits).start();
        registry.push("library/alpine", "latest", image);
        return registry;
    }

    private static URI manifest(FakeRegistry registry) {
        return registry.url("/v2/library/alpine/manifests/latest");
    }
}
