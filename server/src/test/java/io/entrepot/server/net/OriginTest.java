package io.entrepot.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Origins as addresses say them, and as the Host header does. */
class OriginTest {

    @ParameterizedTest
    @CsvSource({
        "https://a.example, a.example, a.example",
        "https://A.Example:443/x, a.example, a.example",
        "http://a.example:80/, a.example, a.example",
        "http://a.example:443/, a.example:443, a.example",
        "https://a.example:5000/v2/?q, a.example:5000, a.example",
        "http://[::1]:5000/, [::1]:5000, ::1",
        "HTTPS://10.0.0.5/, 10.0.0.5, 10.0.0.5",
        "http://my_registry:5000/, my_registry:5000, my_registry"
    })
    void sayWhereAConnectionLeads(URI uri, String authority, String name) {
        assertThat(Origin.of(uri).authority()).isEqualTo(authority);
        assertThat(Origin.of(uri).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://a.example/",
                "file:///etc/passwd",
                "/v2/",
                "https:/v2/",
                "https:v2",
                "https://user@a.example/",
                "https://user:s3cret@a.example/",
                "https://user@my_registry/",
                "https://a.example:0/",
                "https://a.example:65536/",
                "https://my_registry:65536/"
            })
    void areNotMadeOfAnythingElse(String uri) {
        assertThatThrownBy(() -> Origin.of(URI.create(uri)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: ")
                .hasMessageNotContaining("s3cret");
    }
}
