package io.entrepot.server.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Referrer;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.upstream.Thrift;
import io.entrepot.server.upstream.Upstream.ReferrersPage;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReferrersTest extends ContentFixture {

    private static final Digest SUBJECT = Digest.of(new byte[] {1});
    private static final String TAG = "sha256-" + SUBJECT.hex();

    @Test
    void areThoseOfEveryPageAndThenThoseOfTheTagAlone() {
        api("", "from=1", "a");
        api("from=1", null, "b");
        tag("b", "c");

        assertThat(digests()).containsExactly(digest("a"), digest("b"), digest("c"));
        assertThat(upstream.asked).containsExactlyInAnyOrder("REFERRERS ", "REFERRERS from=1", "GET " + TAG);
    }

    @Test
    void areThoseOfTheTagWhereThereIsNoApi() {
        tag("c");

        assertThat(digests()).containsExactly(digest("c"));
    }

    @Test
    void areNoneWhereTheUpstreamKnowsNeitherListNorTag() {
        assertThat(list().referrers()).isEmpty();
        assertThat(list().staleBecause()).isEmpty();
    }

    @Test
    void areNotThoseOfAnImageUnderTheTag() {
        upstream.manifest(TAG, MANIFEST);
        api("", null, "a");

        assertThat(digests()).containsExactly(digest("a"));
    }

    @Test
    void areNotAskedForAgainWithinAMinute() {
        api("", null, "a");
        list();
        upstream.asked.clear();
        clock.pass(Duration.ofSeconds(59));
        api("", null, "a", "b");

        assertThat(digests()).containsExactly(digest("a"));
        assertThat(upstream.asked).isEmpty();
        clock.pass(Duration.ofSeconds(1));
        assertThat(digests()).containsExactly(digest("a"), digest("b"));
    }

    @Test
    void areNotFetchedAgainByATagThatMeansWhatItDid() {
        tag("c");
        list();
        upstream.asked.clear();
        clock.pass(Duration.ofSeconds(60));

        assertThat(digests()).containsExactly(digest("c"));
        assertThat(upstream.asked).containsExactlyInAnyOrder("REFERRERS ", "HEAD " + TAG);
        tag("c", "d");
        clock.pass(Duration.ofSeconds(60));
        assertThat(digests()).containsExactly(digest("c"), digest("d"));
    }

    @Test
    void areAskedForLessOftenWhereTheUpstreamIsToBeSpared() {
        api("", null, "a");
        list();
        upstream.asked.clear();
        upstream.thrift = new Thrift(4, true, "little is left");
        clock.pass(Duration.ofSeconds(239));

        list();
        assertThat(upstream.asked).isEmpty();
        clock.pass(Duration.ofSeconds(1));
        list();
        assertThat(upstream.asked).isNotEmpty();
    }

    @Test
    void areAskedForOnceByAllWhoWait() {
        api("", null, "a");

        CompletableFuture<?>[] all = new CompletableFuture<?>[20];
        for (int i = 0; i < all.length; i++) {
            all[i] = content.referrers(upstream, REPOSITORY, SUBJECT);
        }
        CompletableFuture.allOf(all).join();

        assertThat(upstream.asked).containsExactlyInAnyOrder("REFERRERS ", "GET " + TAG);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"NOT_FOUND", "OFFLINE"},
            mode = EnumSource.Mode.EXCLUDE)
    void cannotBeKnownWhenTheUpstreamFails(Kind kind) {
        upstream.down = Optional.of(new UpstreamException(kind, "registry.corp: no"));

        assertThatThrownBy(this::list)
                .cause()
                .isInstanceOfSatisfying(RegistryException.Unavailable.class, told -> {
                    assertThat(told.status()).isEqualTo(503);
                    assertThat(told.retryAfter()).isEqualTo(Duration.ofSeconds(10));
                })
                .hasMessage(
                        "who refers to docker.io/library/alpine@" + SUBJECT + " cannot be known: registry.corp: no");
    }

    @Test
    void cannotBeKnownWhenOneHalfFails() {
        api("", null, "a");
        upstream.tags.put(TAG, upstream.manifest("broken", "not a manifest"));

        assertThatThrownBy(this::list).cause().isInstanceOf(RegistryException.Unavailable.class);
    }

    @Test
    void cannotBeKnownWhenThePageThatFollowsIsNotThere() {
        api("", "from=1", "a");

        assertThatThrownBy(this::list)
                .cause()
                .isInstanceOf(RegistryException.Unavailable.class)
                .hasMessageContaining("the next page of referrers is not there");
    }

    @Test
    void endWithPagesThatGoInACircle() {
        api("", "from=1", "a");
        api("from=1", "from=1", "b");

        assertThatThrownBy(this::list)
                .cause()
                .isInstanceOf(RegistryException.Unavailable.class)
                .hasMessageContaining("more referrers than a list may have");
    }

    @Test
    void areNotSoManyThatMemoryEnds() {
        List<Referrer> many = IntStream.rangeClosed(0, 50_000)
                .mapToObj(i -> new Referrer("x:" + i, "", "{\"digest\":\"x:" + i + "\"}"))
                .toList();
        upstream.referrers.put("", new ReferrersPage(many, Optional.empty()));

        assertThatThrownBy(this::list)
                .cause()
                .isInstanceOf(RegistryException.Unavailable.class)
                .hasMessageContaining("at most 50000");
    }

    @Test
    void areTheLastSeenWhenTheUpstreamFails() {
        api("", null, "a");
        list();
        clock.pass(Duration.ofHours(2));
        upstream.down = Optional.of(new UpstreamException(Kind.TIMEOUT, "registry.corp: no answer"));
        upstream.asked.clear();

        ReferrersList stale = list();

        assertThat(stale.referrers()).extracting(Referrer::digest).containsExactly(digest("a"));
        assertThat(stale.age()).isEqualTo(Duration.ofHours(2));
        assertThat(stale.staleBecause()).contains("registry.corp: no answer");
        list();
        assertThat(upstream.asked).containsExactlyInAnyOrder("REFERRERS ", "GET " + TAG);
    }

    @Test
    void cannotBeKnownWhereThereWereNoneBeforeTheUpstreamFailed() {
        list();
        clock.pass(Duration.ofHours(2));
        upstream.down = Optional.of(new UpstreamException(Kind.TIMEOUT, "registry.corp: no answer"));

        assertThatThrownBy(this::list).cause().isInstanceOf(RegistryException.Unavailable.class);
        assertThatThrownBy(this::list).cause().isInstanceOf(RegistryException.Unavailable.class);
    }

    @Test
    void areNoneOfflineWhereThereWereNone() throws Exception {
        list();
        reopen();
        upstream.down = Optional.of(new UpstreamException(Kind.OFFLINE, "registry.corp is offline"));

        assertThat(list().referrers()).isEmpty();
        assertThat(list().staleBecause()).isPresent();
    }

    @Test
    void areTheLastSeenAlsoAfterARestart() throws Exception {
        api("", null, "a");
        list();
        reopen();
        upstream.down = Optional.of(new UpstreamException(Kind.UNREACHABLE, "registry.corp: refused"));

        assertThat(digests()).containsExactly(digest("a"));
        assertThat(list().staleBecause()).contains("registry.corp: refused");
    }

    private ReferrersList list() {
        return content.referrers(upstream, REPOSITORY, SUBJECT).join();
    }

    private List<String> digests() {
        return list().referrers().stream().map(Referrer::digest).toList();
    }

    private void api(String page, String next, String... names) {
        upstream.referrers.put(
                page,
                new ReferrersPage(
                        List.of(names).stream().map(ReferrersTest::referrer).toList(), Optional.ofNullable(next)));
    }

    private void tag(String... names) {
        String entries = String.join(
                ",", List.of(names).stream().map(name -> referrer(name).json()).toList());
        byte[] index = ("{\"schemaVersion\":2,\"manifests\":[" + entries + "]}").getBytes(StandardCharsets.UTF_8);
        upstream.tags.put(TAG, new io.entrepot.oci.Descriptor(MediaType.OCI_INDEX, upstream.blob(index), index.length));
    }

    private static String digest(String name) {
        return Digest.of(name.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private static Referrer referrer(String name) {
        return new Referrer(
                digest(name),
                "application/x",
                "{\"mediaType\":\"" + MediaType.OCI_MANIFEST + "\",\"digest\":\"" + digest(name)
                        + "\",\"size\":7,\"artifactType\":\"application/x\"}");
    }
}
