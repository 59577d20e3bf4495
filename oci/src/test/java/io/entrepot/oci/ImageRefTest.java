package io.entrepot.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageRefTest {

    private static final String DIGEST = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @ParameterizedTest
    @CsvSource({
        "alpine, docker.io/library/alpine:latest",
        "alpine:3.20, docker.io/library/alpine:3.20",
        "grafana/grafana, docker.io/grafana/grafana:latest",
        "docker.io/alpine, docker.io/library/alpine:latest",
        "index.docker.io/library/alpine:3, docker.io/library/alpine:3",
        "registry-1.docker.io/alpine, docker.io/library/alpine:latest",
        "ghcr.io/acme/app:v1, ghcr.io/acme/app:v1",
        "GHCR.io/acme/app:v1, ghcr.io/acme/app:v1",
        "localhost/app, localhost/app:latest",
        "localhost:5000, docker.io/library/localhost:5000",
        "localhost:5000/app, localhost:5000/app:latest",
        "localhost:5000/app:v1, localhost:5000/app:v1",
        "registry.corp:5000/a/b/c:v1, registry.corp:5000/a/b/c:v1",
        "[::1]:5000/app, [::1]:5000/app:latest",
        "library/ghcr.io/app, docker.io/library/ghcr.io/app:latest",
    })
    void isReadAsPeopleWriteIt(String text, String expected) {
        assertThat(ImageRef.parse(text)).hasToString(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"alpine@", "alpine:3.20@", "docker.io/library/alpine@"})
    void dropsTheTagBesideADigest(String name) {
        assertThat(ImageRef.parse(name + DIGEST)).hasToString("docker.io/library/alpine@" + DIGEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ":",
                "@",
                "/",
                ":latest",
                "alpine:",
                "alpine@",
                "alpine@latest",
                "alpine:-x",
                "alpine:a:b",
                "Alpine",
                "ghcr.io/",
                "ghcr.io//app",
                "ghcr.io/App",
                "a.b:c/app",
                "https://ghcr.io/acme/app",
                "user:secret@ghcr.io/acme/app",
                "alpine:3.20:3.21@sha256:e3b0",
                "alpine@sha256:e3b0",
                "alpine:3.20\n"
            })
    void refusesWhatIsNone(String text) {
        assertThatThrownBy(() -> ImageRef.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(expected: ");
    }

    @Property
    void ofAnyTextIsReadOrRefused(@ForAll String text) {
        Refusal.orSame(text, ImageRef::parse);
    }

    @Property
    void ofAnythingThatLooksLikeOneIsReadOrRefused(@ForAll("references") String text) {
        Refusal.orSame(text, ImageRef::parse);
    }

    @Provide
    Arbitrary<String> references() {
        Arbitrary<String> part = Arbitraries.of(
                "a",
                "b0",
                ".",
                ":",
                "/",
                "-",
                "_",
                "localhost",
                "docker.io",
                "ghcr.io",
                "5000",
                "library",
                "@",
                DIGEST);
        return part.list().ofMaxSize(8).map(parts -> String.join("", parts));
    }
}
