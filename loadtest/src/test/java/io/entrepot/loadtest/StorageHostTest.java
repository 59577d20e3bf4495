package io.entrepot.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StorageHostTest {

    private static final TestImage IMAGE = ImageBuilder.image().layer(10_000).build();
    private static final Blob LAYER = IMAGE.layer(0);

    private final FakeRegistry registry =
            FakeRegistry.builder().redirectBlobs(Duration.ofMinutes(5)).start();

    @BeforeEach
    void push() {
        registry.push("library/alpine", "3.20", IMAGE);
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void redirectsBlobsToAnotherPortThatServesThem() {
        URI location = location();

        assertThat(location.getPort()).isNotEqualTo(registry.url().getPort());
        assertThat(RawHttp.get(location).digest()).isEqualTo(LAYER.digest());
        assertThat(RawHttp.get(location, "Range: bytes=9990-").body()).hasSize(10);
    }

    @Test
    void refusesAuthorizationOnAPresignedAddress() {
        RawHttp.Response response = RawHttp.get(location(), "Authorization: Bearer x");

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.text()).contains("Only one auth mechanism allowed");
    }

    @Test
    void refusesAnAddressThatHasExpired() {
        URI location = location();
        registry.expirePresigned();

        assertThat(RawHttp.get(location).status()).isEqualTo(403);
        assertThat(RawHttp.get(location()).status()).isEqualTo(200);
    }

    @Test
    void refusesAnotherMethodThanTheOneThatWasSigned() {
        assertThat(RawHttp.head(location()).status()).isEqualTo(403);
    }

    @Test
    void countsBothHostsUnderTheDigest() {
        RawHttp.get(location());

        assertThat(registry.seen()).extracting(Seen::host).containsExactly("registry", "storage");
        assertThat(registry.count("GET", LAYER.digest().toString())).isEqualTo(2);
    }

    private URI location() {
        RawHttp.Response response = RawHttp.get(registry.url("/v2/library/alpine/blobs/" + LAYER.digest()));
        assertThat(response.status()).isEqualTo(307);
        return URI.create(response.header("Location"));
    }
}
