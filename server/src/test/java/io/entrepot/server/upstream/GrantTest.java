package io.entrepot.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrantTest {

    @Test
    void isWhatDockerHubSays() {
        assertThat(grant("100;w=21600", "76;w=21600", "203.0.113.7"))
                .contains(new Grant(100, 76, Duration.ofHours(6), "203.0.113.7"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "100;w=21600   | 76           | 100 | 76 | 21600",
                "100           | 76;w=60      | 100 | 76 | 60",
                "100           | 76           | 100 | 76 | 3600",
                "' 100 ; w = 9'| ' 76 '       | 100 | 76 | 9",
                "100, 50;w=1   | 76, 20;w=1   | 100 | 76 | 3600",
                "100;w=0       | 0            | 100 | 0  | 1",
                "100;w=999999999 | 100        | 100 | 100 | 604800",
                "10;w=60       | 76;w=60      | 10  | 10 | 60"
            })
    void takesWhatOthersSay(String limit, String remaining, long granted, long left, long seconds) {
        assertThat(grant(limit, remaining, "")).contains(new Grant(granted, left, Duration.ofSeconds(seconds), ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"0;w=60 | 0;w=60", "-1 | 5", "many | few", "100 | ''", "'' | 5", "1e9 | 5", "99999999999 | 5"})
    void isNothingWhereNothingCanBeMeant(String limit, String remaining) {
        assertThat(grant(limit, remaining, "")).isEmpty();
    }

    @Test
    void isNothingWithoutHeaders() {
        assertThat(Grant.of(name -> Optional.empty())).isEmpty();
    }

    @Test
    void showsOfASourceWhatCanBeShown() {
        assertThat(grant("1", "1", "a\u0007b" + "x".repeat(100)).orElseThrow().source())
                .startsWith("a b")
                .hasSize(64);
    }

    private static Optional<Grant> grant(String limit, String remaining, String source) {
        Map<String, String> headers =
                Map.of("ratelimit-limit", limit, "ratelimit-remaining", remaining, "docker-ratelimit-source", source);
        return Grant.of(name -> Optional.ofNullable(headers.get(name)));
    }
}
