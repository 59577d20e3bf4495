package io.entrepot.server.upstream;

import static io.entrepot.server.upstream.Bench.ALPINE;
import static io.entrepot.server.upstream.Bench.await;
import static io.entrepot.server.upstream.Bench.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.TestImage;
import io.entrepot.server.upstream.ScriptedRegistry.Answer;
import io.entrepot.server.upstream.Upstream.TagPage;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TagListTest {

    private final FakeRegistry registry = FakeRegistry.builder().tagPage(3).start();
    private final Bench bench = Bench.at(registry.url());

    @BeforeEach
    void push() {
        TestImage image = ImageBuilder.image().layer(10).build();
        registry.push("library/alpine", image);
        List.of("a", "b", "c", "d").forEach(tag -> registry.tag("library/alpine", tag, image.digest()));
    }

    @AfterEach
    void close() {
        bench.close();
        registry.close();
    }

    @Test
    void comesAsPages() {
        assertThat(await(bench.upstream.tags(ALPINE, 0, Optional.empty())))
                .isEqualTo(new TagPage(List.of("a", "b", "c"), true));
        assertThat(await(bench.upstream.tags(ALPINE, 0, Optional.of("c")))).isEqualTo(new TagPage(List.of("d"), false));
        assertThat(await(bench.upstream.tags(ALPINE, 2, Optional.of("a"))))
                .isEqualTo(new TagPage(List.of("b", "c"), true));
    }

    @Test
    void isAskedForWithTheWishesOfTheCallerAlone() {
        await(bench.upstream.tags(ALPINE, 0, Optional.empty()));
        await(bench.upstream.tags(ALPINE, 2, Optional.of("a")));

        assertThat(registry.seen()).extracting(seen -> seen.query()).containsExactly("", "n=2&last=a");
    }

    @Test
    void cannotBeMadeToAskForMoreByATag() throws IOException {
        try (ScriptedRegistry odd = ScriptedRegistry.always(Answer.json(200, "{\"tags\":[]}"));
                Bench other = Bench.at(odd.url())) {
            await(other.upstream.tags(ALPINE, 1, Optional.of("a&n=9#/../")));

            assertThat(odd.seen().get(0).uri().getRawQuery()).isEqualTo("n=1&last=a%26n%3D9%23%2F..%2F");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
                    </v2/x/tags/list?last=a>; rel="next"                   | true
                    <https://other.test/v2/x/tags/list?last=a>;rel=next     | true
                    </p?last=0>; rel="prev", </p?last=a>; REL="Next"        | true
                    </p?last=0>; rel="prev"                                 | false
                    """)
    void goesOnWhereALinkSaysSo(String link, boolean more) throws IOException {
        Answer answer = Answer.json(200, "{\"tags\":[\"a\"]}", "Link: " + link);
        try (ScriptedRegistry odd = ScriptedRegistry.always(answer);
                Bench other = Bench.at(odd.url())) {
            assertThat(await(other.upstream.tags(ALPINE, 0, Optional.empty())).more())
                    .isEqualTo(more);
            assertThat(odd.seen()).hasSize(1);
        }
    }

    @Test
    void isNoWebPage() {
        registry.fault(Fault.PORTAL);

        assertThat(failure(bench.upstream.tags(ALPINE, 0, Optional.empty())).kind())
                .isEqualTo(Kind.INVALID);
    }

    @Test
    void isJson() throws IOException {
        try (ScriptedRegistry odd = ScriptedRegistry.always(Answer.json(200, "").with("nothing here"));
                Bench other = Bench.at(odd.url())) {
            assertThat(failure(other.upstream.tags(ALPINE, 0, Optional.empty())))
                    .hasMessage("registry.test: sent a list of tags that is not JSON"
                            + " (expected: {\"name\": …, \"tags\": […]})")
                    .extracting(UpstreamException::kind)
                    .isEqualTo(Kind.INVALID);
        }
    }

    @Test
    void isBounded() throws IOException {
        String huge = "{\"tags\":[\"a\"],\"x\":\"" + "x".repeat(TagsPage.LARGEST) + "\"}";
        try (ScriptedRegistry odd = ScriptedRegistry.always(Answer.json(200, huge));
                Bench other = Bench.at(odd.url())) {
            assertThat(failure(other.upstream.tags(ALPINE, 0, Optional.empty())).kind())
                    .isEqualTo(Kind.INVALID);
        }
    }

    @Test
    void isUnknownForAnUnknownRepository() {
        registry.delete("library/alpine");

        assertThat(failure(bench.upstream.tags(ALPINE, 0, Optional.empty())).kind())
                .isEqualTo(Kind.NOT_FOUND);
    }
}
