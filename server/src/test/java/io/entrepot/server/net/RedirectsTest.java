package io.entrepot.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The decision alone: what a Location means for an upstream that is public, and for one that is not. */
class RedirectsTest {

    private static final Egress PUBLIC = NetBench.open(false, Optional.empty());
    private static final Egress INTERNAL = NetBench.redirecting("minio.corp:9000", "cdn.corp");

    @ParameterizedTest
    @CsvSource({
        "https://a.example/v2/x/blobs/1, https://cdn.example/y?sig=1, https://cdn.example/y?sig=1",
        "https://a.example/v2/x/blobs/1, //cdn.example/y, https://cdn.example/y",
        "https://a.example/v2/x/blobs/1, /y, https://a.example/y",
        "https://a.example/v2/x/blobs/1, 2, https://a.example/v2/x/blobs/2",
        "https://a.example/v2/x/blobs/1, ../2, https://a.example/v2/x/2",
        "https://a.example/v2/x/blobs/1, ?sig=1, https://a.example/v2/x/blobs/1?sig=1",
        "https://a.example/v2/x/blobs/1?a=b, 2#there, https://a.example/v2/x/blobs/2",
        "https://a.example/v2/, https://cdn.example:8443/a%2Fb?c=%20d, https://cdn.example:8443/a%2Fb?c=%20d"
    })
    void leadsAPublicUpstreamToAnyHttpsHost(URI from, String location, URI target) {
        assertThat(after(PUBLIC, from, location).uri()).isEqualTo(target);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://a.example/y",
                "http://cdn.example/y",
                "ftp://cdn.example/y",
                "file:///y",
                "data:,y",
                "https://user@cdn.example/y",
                "https://user:pass@cdn.example/y",
                "https://auth.example@cdn.example/y",
                "https:///y",
                "https:y",
                "https://cdn.example:99999/y",
                "https://cdn.example:0/y",
                "https://cdn .example/y",
                "https://auth\uff0eexample/y",
                "javascript:y",
                "HTTP://a.example/y"
            })
    void leadsAPublicUpstreamNowhereElse(String location) {
        assertThatThrownBy(() -> after(PUBLIC, URI.create("https://a.example/v2/"), location))
                .isInstanceOfSatisfying(
                        NetException.class,
                        why -> assertThat(why.kind()).isEqualTo(NetException.Kind.FORBIDDEN_REDIRECT));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://a.corp:5000/y", "https://a.corp/y", "https://a.corp:5000/y", "http://minio.corp:9000/y",
                "https://minio.corp:9000/y", "http://cdn.corp/y", "https://cdn.corp:8443/y", "http://A.CORP:5000/y"
            })
    void leadsAnInternalUpstreamToItselfAndWhatItLists(String location) {
        assertThat(after(INTERNAL, URI.create("http://a.corp:5000/v2/"), location)
                        .uri())
                .isEqualTo(URI.create(location));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://a.corp/y", "http://a.corp:6379/y", "http://minio.corp/y", "https://minio.corp/y",
                "http://b.corp/y", "https://cdn.example/y", "http://cdn.corp.example/y", "http://xcdn.corp/y"
            })
    void leadsAnInternalUpstreamNowhereElse(String location) {
        assertThatThrownBy(() -> after(INTERNAL, URI.create("http://a.corp:5000/v2/"), location))
                .isInstanceOf(NetException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "https://a.example/y, true",
        "https://A.example:443/y, true",
        "https://a.example:8443/y, false",
        "https://b.example/y, false",
        "https://a.example.evil.example/y, false"
    })
    void keepsSecretsWithinTheirOrigin(String location, boolean kept) {
        Map<String, String> headers =
                after(PUBLIC, URI.create("https://a.example/v2/"), location).headers();

        assertThat(headers.keySet()).isEqualTo(kept ? Set.of("AUTHORIZATION", "Range") : Set.of("Range"));
    }

    private static HttpCall after(Egress egress, URI from, String location) {
        HttpCall call = HttpCall.get(from, Map.of("AUTHORIZATION", "Basic eA==", "Range", "bytes=0-"));
        return new Redirects(call, Origin.of(from), egress)
                .after(call, 307, Optional.of(location))
                .orElseThrow();
    }
}
