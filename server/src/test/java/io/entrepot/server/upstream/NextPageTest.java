package io.entrepot.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NextPageTest {

    /** As much as a head can hold. */
    private static final int MOST = 16_000;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
                    </a?n=1>; rel="next"                              | /a?n=1
                    </a?n=1>;rel=next                                 | /a?n=1
                    </a?n=1> ; REL = "Next"                           | /a?n=1
                    </a?n=1>; rel="prev next"                         | /a?n=1
                    </a?n=1>; title="x; y, <z>"; rel="next"           | /a?n=1
                    </a>; rel="prev", </b?n=2>; rel="next"            | /b?n=2
                    </a>, </b?n=2>; rel="next"                        | /b?n=2
                    </a?x=1,2;3>; rel="next"                          | /a?x=1,2;3
                    """)
    void isWhatALinkCallsNext(String header, String target) {
        assertThat(NextPage.next(header)).contains(target);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "next",
                "<",
                "</a",
                "</a>",
                "</a>; rel",
                "</a>; rel=",
                "</a>; rel=\"prev\"",
                "</a>; rel=\"nextly\"",
                "</a>; title=\"; rel=next\"",
                "</a>; title=\"x, </b>; rel=next",
                "</a>; rev=\"next\""
            })
    void isNothingElse(String header) {
        assertThat(NextPage.next(header)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"<", "<>", "<a>,", "<a> ,", "<a>;", "<a>; x", "x", ";", "\"", "<a>;\"", "<a>;\"\"", " "})
    void isReadInOneGoHoweverLongTheHeaderIs(String part) {
        assertThat(NextPage.next("<a>" + part.repeat(MOST / part.length()))).isEmpty();
    }

    @Test
    void isFoundBehindWhateverStandsBeforeIt() {
        String before = "</a>; title=\"" + "x".repeat(MOST) + "\", ";

        assertThat(NextPage.next(before + "</b?n=2>; rel=next")).isEqualTo(Optional.of("/b?n=2"));
    }
}
