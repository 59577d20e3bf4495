package io.entrepot.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Durations and sizes. */
class TextTest {

    @ParameterizedTest
    @CsvSource({"0, PT0S", "0s, PT0S", "500ms, PT0.5S", "30s, PT30S", "5m, PT5M", "6h, PT6H", "7d, P7D", "3650d, P3650D"
    })
    void readsDurations(String text, Duration expected) {
        assertThat(Text.duration(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-5s", "5 s", "5S", "1.5h", "1h30m", "5us", "3651d", "999999999d", "٣s"})
    void refusesWhatIsNoDuration(String text) {
        assertThatThrownBy(() -> Text.duration(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(text + " (expected: a duration, as in 500ms, 30s, 5m, 6h, 7d, at most 3650d)");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1024, 1024",
        "1B, 1",
        "8KiB, 8192",
        "512MiB, 536870912",
        "10GiB, 10737418240",
        "10GB, 10000000000",
        "1.5GiB, 1610612736",
        "2TB, 2000000000000",
        "1TiB, 1099511627776",
        "0.001KB, 1"
    })
    void readsSizes(String text, long expected) {
        assertThat(Text.size(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GiB", "-1", "1 GiB", "1gib", "1G", "1PiB", "1e3", ".5GiB", "1.2345GiB", "٣"})
    void refusesWhatIsNoSize(String text) {
        assertThatThrownBy(() -> Text.size(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(text + " (expected: a size in B, KiB");
    }

    @ParameterizedTest
    @ValueSource(strings = {"8388608TiB", "999999999999999TB"})
    void refusesASizeThatNoNumberHolds(String text) {
        assertThatThrownBy(() -> Text.size(text)).hasMessage(text + " (expected: a size below 8EiB)");
    }

    @Property
    void everyNumberOfMillisecondsComesBack(@ForAll @IntRange(max = 999_999_999) int millis) {
        assertThat(Text.duration(millis + "ms").toMillis()).isEqualTo(millis);
    }

    @Property
    void everyNumberOfHoursComesBack(@ForAll @IntRange(max = 3650 * 24) int hours) {
        assertThat(Text.duration(hours + "h").toHours()).isEqualTo(hours);
    }

    @Property
    void everyNumberOfBytesComesBack(@ForAll @LongRange(max = 999_999_999_999_999L) long bytes) {
        assertThat(Text.size(Long.toString(bytes))).isEqualTo(bytes);
    }

    @Property
    void everyNumberOfMebibytesComesBack(@ForAll @LongRange(max = 8_000_000_000_000L) long mebibytes) {
        assertThat(Text.size(mebibytes + "MiB") >> 20).isEqualTo(mebibytes);
    }

    @Property
    void everyNetworkComesBack(@ForAll int address, @ForAll @IntRange(max = 32) int prefix) {
        int masked = prefix == 0 ? 0 : address & -1 << (32 - prefix);
        String text = "%d.%d.%d.%d/%d"
                .formatted(masked >>> 24, masked >>> 16 & 255, masked >>> 8 & 255, masked & 255, prefix);

        assertThat(Network.parse(text)).hasToString(text);
    }

    @Property
    void anyTextIsADurationOrRefused(@ForAll String text) {
        assertRefusedOrRead(() -> Text.duration(text));
        assertRefusedOrRead(() -> Text.size(text));
        assertRefusedOrRead(() -> Network.parse(text));
    }

    private static void assertRefusedOrRead(Runnable parse) {
        try {
            parse.run();
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("expected");
        }
    }
}
