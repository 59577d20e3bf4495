package io.entrepot.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {

    private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    0                             | PT0S
                    ' 120 '                       | PT2M
                    999999999                     | PT6H
                    Thu, 26 Nov 2026 12:01:30 GMT | PT1M30S
                    Thu, 26 Nov 2026 11:00:00 GMT | PT0S
                    Thu, 26 Nov 2099 12:00:00 GMT | PT6H
                    ''                            | PT0S
                    -5                            | PT0S
                    soon                          | PT0S
                    99999999999999999999          | PT0S
                    1.5                           | PT0S
                    """)
    void saysHowLongToWait(String text, Duration expected) {
        assertThat(RetryAfter.parse(text, NOW)).isEqualTo(expected);
    }
}
