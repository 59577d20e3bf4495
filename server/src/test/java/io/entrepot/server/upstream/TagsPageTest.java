package io.entrepot.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.server.upstream.Upstream.TagPage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TagsPageTest {

    @Test
    void keepsTheOrderOfTheUpstream() {
        assertThat(read("{\"name\":\"a\",\"tags\":[\"b\",\"a\",\"latest\"]}", false))
                .isEqualTo(new TagPage(List.of("b", "a", "latest"), false));
    }

    @Test
    void leavesOutWhatIsNoTag() {
        assertThat(read("{\"tags\":[\"a\",\"-x\",\"b c\",\"\",null,7,[\"q\"],{\"z\":\"y\"},\"b\"]}", false)
                        .tags())
                .containsExactly("a", "b");
    }

    @Test
    void isEmptyWhereThereAreNone() {
        assertThat(read("{\"name\":\"a\",\"tags\":null}", false).tags()).isEmpty();
        assertThat(read("{\"name\":\"a\"}", false).tags()).isEmpty();
    }

    @Test
    void passesOverEverythingElse() {
        assertThat(read("{\"child\":[\"x\"],\"manifest\":{\"tags\":[\"y\"]},\"tags\":[\"a\"]}", false)
                        .tags())
                .containsExactly("a");
    }

    @Test
    void leavesWhatIsTooMuchToTheNextPage() {
        String tags = IntStream.rangeClosed(0, TagsPage.MOST)
                .mapToObj(i -> "\"t" + i + "\"")
                .collect(Collectors.joining(","));

        TagPage page = read("{\"tags\":[" + tags + "]}", false);

        assertThat(page.tags()).hasSize(TagsPage.MOST);
        assertThat(page.more()).isTrue();
    }

    @Test
    void promisesNothingMoreAfterNothing() {
        assertThat(read("{\"tags\":[]}", true).more()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "\"tags\"", "{\"tags\":[\"a\"", "{\"tags\":[\"a\",", "not found"})
    void refusesWhatIsNoList(String body) {
        assertThatThrownBy(() -> read(body, false)).isInstanceOf(WrongAnswer.class);
    }

    private static TagPage read(String body, boolean more) {
        return TagsPage.read(body.getBytes(StandardCharsets.UTF_8), more);
    }
}
