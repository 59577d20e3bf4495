package io.entrepot.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorMessageTest {

    @Test
    void isTheFirstMessage() {
        assertThat(of("{\"errors\":[{\"code\":\"DENIED\",\"message\":\"no\"},{\"message\":\"two\"}]}"))
                .isEqualTo("no");
    }

    @Test
    void isTheCodeWhereThereIsNoMessage() {
        assertThat(of("{\"errors\":[{\"code\":\"TOOMANYREQUESTS\"}]}")).isEqualTo("TOOMANYREQUESTS");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Too Many Requests",
                "<html></html>",
                "[]",
                "null",
                "{}",
                "{\"errors\":[]}",
                "{\"errors\":\"x\"}",
                "{\"errors\":[{\"message\":{\"a\":1}}]}",
                "{\"errors\":"
            })
    void isEmptyWhereNothingIsSaid(String body) {
        assertThat(of(body)).isEmpty();
    }

    @Test
    void staysOnOneLineAndShowsWhatItSays() {
        assertThat(ErrorMessage.printable("a\r\nb\u0000c\u2028d\u202ee\u200bf\u001b[31m"))
                .isEqualTo("a  b c d e f [31m");
    }

    @Property
    void isShortAndVisible(@ForAll String text) {
        String printable = ErrorMessage.printable(text);

        assertThat(printable.codePointCount(0, printable.length())).isLessThanOrEqualTo(256);
        assertThat(printable.codePoints()).noneMatch(Character::isISOControl);
    }

    private static String of(String body) {
        return ErrorMessage.of(body.getBytes(StandardCharsets.UTF_8));
    }
}
