package io.entrepot.server.upstream;

import static io.entrepot.server.upstream.Bench.ALPINE;
import static io.entrepot.server.upstream.Bench.await;
import static io.entrepot.server.upstream.Bench.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Referrer;
import io.entrepot.oci.ReferrersIndex;
import io.entrepot.server.upstream.ScriptedRegistry.Answer;
import io.entrepot.server.upstream.Upstream.ReferrersPage;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferrersGetTest {

    private static final Digest SUBJECT = Digest.of(new byte[] {1});
    private static final String LIST = "{\"manifests\":[{\"digest\":\"sha256:a\"}]}";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
                    </v2/library/alpine/referrers/x?from=1&n=2>; rel="next"   | from=1&n=2
                    <https://other.test/elsewhere?from=1>;rel=next             | from=1
                    <?token=a%2Fb>; rel=next                                  | token=a%2Fb
                    <?from=0>; rel="prev", <?from=1>; title="a, b"; rel="next" | from=1
                    """)
    void followsTheQueryOfALinkAndNothingElse(String link, String query) throws IOException {
        try (ScriptedRegistry odd = ScriptedRegistry.always(Answer.json(200, LIST, "Link: " + link));
                Bench bench = Bench.at(odd.url())) {
            ReferrersPage first =
                    await(bench.upstream.referrers(ALPINE, SUBJECT, "")).orElseThrow();
            await(bench.upstream.referrers(ALPINE, SUBJECT, first.next().orElseThrow()));

            assertThat(first.referrers()).extracting(Referrer::digest).containsExactly("sha256:a");
            assertThat(odd.seen())
                    .extracting(seen -> seen.uri().getRawPath())
                    .containsOnly("/v2/library/alpine/referrers/" + SUBJECT);
            assertThat(odd.seen()).extracting(seen -> seen.uri().getRawQuery()).containsExactly(null, query);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"</v2/>; rel=\"next\"", "<?>; rel=next", "<?a b>; rel=next", "<?a#b>; rel=next"})
    void doesNotFollowALinkWithoutAQueryThatCanBeSent(String link) throws IOException {
        try (ScriptedRegistry odd = ScriptedRegistry.always(Answer.json(200, LIST, "Link: " + link));
                Bench bench = Bench.at(odd.url())) {
            assertThat(failure(bench.upstream.referrers(ALPINE, SUBJECT, "")).kind())
                    .isEqualTo(Kind.INVALID);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 405, 501})
    void saysThatThereIsNoApi(int status) throws IOException {
        try (ScriptedRegistry odd = ScriptedRegistry.always(Answer.json(status, "{}"));
                Bench bench = Bench.at(odd.url())) {
            assertThat(await(bench.upstream.referrers(ALPINE, SUBJECT, ""))).isEqualTo(Optional.empty());
        }
    }

    @ParameterizedTest
    @CsvSource({"403, REFUSED", "429, RATE_LIMITED", "500, FAILED", "503, FAILED"})
    void doesNotTakeAFailureForThat(int status, Kind kind) throws IOException {
        try (ScriptedRegistry odd = ScriptedRegistry.always(Answer.json(status, "{}"));
                Bench bench = Bench.at(odd.url())) {
            assertThat(failure(bench.upstream.referrers(ALPINE, SUBJECT, "")).kind())
                    .isEqualTo(kind);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>", "{}", "{\"manifests\":[{}]}"})
    void takesNothingElseForAList(String body) throws IOException {
        try (ScriptedRegistry odd = ScriptedRegistry.always(Answer.json(200, "").with(body));
                Bench bench = Bench.at(odd.url())) {
            assertThat(failure(bench.upstream.referrers(ALPINE, SUBJECT, "")).kind())
                    .isEqualTo(Kind.INVALID);
        }
    }

    @Test
    void isBounded() throws IOException {
        String huge = "{\"manifests\":[],\"x\":\"" + "x".repeat(ReferrersIndex.MAX_SIZE) + "\"}";
        try (ScriptedRegistry odd = ScriptedRegistry.always(Answer.json(200, huge));
                Bench bench = Bench.at(odd.url())) {
            assertThat(failure(bench.upstream.referrers(ALPINE, SUBJECT, "")).kind())
                    .isEqualTo(Kind.INVALID);
        }
    }

    @Test
    void isPagedByTheFakeRegistry() throws IOException {
        try (FakeRegistry registry = FakeRegistry.builder().referrers(2).start();
                Bench bench = Bench.at(registry.url())) {
            assertThat(await(bench.upstream.referrers(ALPINE, SUBJECT, ""))
                            .orElseThrow()
                            .referrers())
                    .isEmpty();
        }
    }
}
