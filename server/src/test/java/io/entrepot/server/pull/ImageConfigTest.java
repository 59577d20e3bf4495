package io.entrepot.server.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.oci.Platform;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the config of an image says that it runs on. */
class ImageConfigTest {

    private static Optional<Platform> platform(String config) {
        return ImageConfig.platform(config.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void saysSystemAndArchitecture() {
        assertThat(platform("{\"architecture\":\"arm64\",\"variant\":\"v8\",\"os\":\"linux\",\"config\":{\"OS\":1}}"))
                .contains(new Platform("linux", "arm64", "v8", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"os\":\"linux\"}",
                "{\"os\":\"linux\",\"architecture\":null}",
                "{\"history\":[{\"os\":[]}]}"
            })
    void mayNotSay(String config) {
        assertThat(platform(config)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"os\":\"linux\",\"architecture\":\"amd64\",\"os\":\"windows\"}",
                "{\"os\":\"linux\",\"architecture\":\"amd64\",\"OS\":\"windows\"}",
                "{\"os\":\"linux\",\"architecture\":\"amd64\",\"o\u017f\":\"windows\"}",
                "{\"os\":\"linux\",\"architecture\":\"amd64\"} {\"os\":\"windows\"}",
                "{\"os\":7,\"architecture\":\"amd64\"}",
                "[]",
                "os: linux",
                ""
            })
    void whatCanBeReadInAnotherWayIsNotJudged(String config) {
        assertThatThrownBy(() -> platform(config))
                .isInstanceOf(Unjudged.class)
                .hasMessageStartingWith("what it runs on is not known");
    }
}
