package io.entrepot.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.KeyValuePair;

/** What an event looks like, and that nothing in it can look like another one. */
class LogLinesTest {

    private static final LoggerContext CONTEXT = new LoggerContext();

    private final LineFormat json = new JsonLines();
    private final LineFormat text = new TextLines();

    @Test
    void anEventIsOneJsonObjectWithItsFactsBesideIt() throws Exception {
        String line = json.format(event("blob committed", fact("digest", "sha256:ab"), fact("size", 7L)));

        assertThat(line)
                .isEqualTo("{\"time\":\"2026-11-26T10:00:00.123Z\",\"level\":\"INFO\",\"event\":\"blob committed\","
                        + "\"by\":\"Fill\",\"digest\":\"sha256:ab\",\"size\":7}\n");
    }

    @Test
    void textQuotesWhatIsMoreThanOneWord() {
        String line = text.format(event("pull refused", fact("reason", "not for \"you\""), fact("status", 403)));

        assertThat(line)
                .isEqualTo("2026-11-26T10:00:00.123Z INFO  pull refused reason=\"not for \\\"you\\\"\" status=403\n");
    }

    @Test
    void aFactCannotTakeThePlaceOfTheEvent() throws Exception {
        JsonNode line = parse(json.format(event("request", fact("event", "forged"), fact("level", "forged"))));

        assertThat(line.get("event").asText()).isEqualTo("request");
        assertThat(line.get("event_").asText()).isEqualTo("forged");
        assertThat(line.get("level_").asText()).isEqualTo("forged");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\nb",
                "a\r\n2026-11-26T10:00:00Z INFO  pull allowed",
                "\"},{\"event\":\"forged\"}",
                "\\",
                "\\\"",
                "\u0000",
                "\u001b[2J\u001b[31mred",
                "\u007f",
                "\u0085next line",
                "\u2028line\u2029paragraph",
                "\u202eevil\u202c",
                "\u2066isolate\u2069",
                "\ufeffmark",
                "\u200bzero width",
                "lone \ud800 high",
                "lone \udc00 low",
                "\ufffe",
                "tab\tseparated"
            })
    void whatIsInAValueStaysInIt(String hostile) throws Exception {
        String jsonLine = json.format(event("request", fact("agent", hostile), fact("status", 200)));
        String textLine = text.format(event(hostile, fact("agent", hostile)));

        assertThat(parse(jsonLine).get("agent").asText()).isEqualTo(hostile);
        assertThat(parse(jsonLine).get("status").asInt()).isEqualTo(200);
        assertThat(jsonLine.codePoints().filter(LogLinesTest::hostile)).containsExactly((int) '\n');
        assertThat(textLine.codePoints().filter(LogLinesTest::hostile)).containsExactly((int) '\n');
    }

    @Test
    void aPairOfSurrogatesIsOneCharacter() throws Exception {
        assertThat(parse(json.format(event("x", fact("v", "ship 🚢")))).get("v").asText())
                .isEqualTo("ship 🚢");
    }

    @Test
    void longValuesAreCut() throws Exception {
        String line = json.format(event("e".repeat(10_000), fact("agent", "x".repeat(100_000))));

        assertThat(parse(line).get("agent").asText())
                .hasSize(LineFormat.MAX_VALUE + 1)
                .endsWith("…");
        assertThat(parse(line).get("event").asText()).hasSize(LineFormat.MAX_EVENT + 1);
    }

    @Test
    void anExceptionIsPartOfItsLine() throws Exception {
        LoggingEvent event = event("not closed properly");
        event.setThrowableProxy(
                new ch.qos.logback.classic.spi.ThrowableProxy(new IllegalStateException("first\nsecond")));

        JsonNode line = parse(json.format(event));

        assertThat(line.get("error").asText()).isEqualTo("java.lang.IllegalStateException: first\nsecond");
        assertThat(line.get("stack").get(0).asText()).contains("LogLinesTest");
    }

    private static boolean hostile(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            case Character.SURROGATE -> true;
            default -> false;
        };
    }

    private static JsonNode parse(String line) throws Exception {
        return new ObjectMapper().readTree(line);
    }

    private static KeyValuePair fact(String key, @Nullable Object value) {
        return new KeyValuePair(key, value);
    }

    private static LoggingEvent event(String message, KeyValuePair... facts) {
        LoggingEvent event = new LoggingEvent(
                "", CONTEXT.getLogger("io.entrepot.server.content.Fill"), Level.INFO, message, null, null);
        event.setInstant(Instant.parse("2026-11-26T10:00:00.123Z"));
        event.setKeyValuePairs(List.of(facts));
        return event;
    }
}
