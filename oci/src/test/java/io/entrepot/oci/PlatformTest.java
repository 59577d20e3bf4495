package io.entrepot.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformTest {

    @Test
    void isReadWithItsVariant() {
        assertThat(Platform.parse("linux/arm/v7")).isEqualTo(new Platform("linux", "arm", "v7", ""));
    }

    @Test
    void isReadWithoutAVariant() {
        assertThat(Platform.parse("linux/amd64"))
                .isEqualTo(new Platform("linux", "amd64", "", ""))
                .hasToString("linux/amd64");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "linux", "/", "linux/", "/amd64", "linux/amd64/", "linux/arm/v7/x", "linux//v7"})
    void refusesWhatIsNoPlatform(String text) {
        assertThatThrownBy(() -> Platform.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("platform: " + text + " (expected: os/architecture[/variant],"
                        + " as in linux/arm64 or windows(10.0.17763)/amd64)");
    }

    @Property
    void ofAnyTextIsReadOrRefused(@ForAll String text) {
        Refusal.orSame(text, Platform::parse);
    }
}
