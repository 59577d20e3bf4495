package io.entrepot.server.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.config.MirrorConfig.TagPattern.Mode;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Reference.ByDigest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.server.content.Resolved.Source;
import io.entrepot.server.upstream.Thrift;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An index under a tag, of two platforms, one of which is pulled here; then the tag moves. */
class TagMoveTest extends ContentFixture {

    private static final TagPattern PATTERN = new TagPattern(
            "**", Mode.REVALIDATE, Duration.ofMinutes(5), Duration.ofHours(24), Duration.ofSeconds(30), false, false);

    private Descriptor oldIndex;
    private Descriptor newIndex;
    private Descriptor newArm64;
    private Descriptor newAmd64;

    @BeforeEach
    void pullAndMove() {
        Descriptor arm64 = image("old-arm64");
        Descriptor amd64 = image("old-amd64");
        oldIndex = upstream.index("1", index(arm64, amd64));
        resolve();
        content.resolve(upstream, REPOSITORY, new ByDigest(amd64.digest()), PATTERN, TagRule.FREE)
                .join();
        newArm64 = image("new-arm64");
        newAmd64 = image("new-amd64");
        newIndex = upstream.index("1", index(newArm64, newAmd64));
        clock.pass(Duration.ofMinutes(6));
        upstream.asked.clear();
    }

    @Test
    void bringsThePlatformsThatAreHeldWhereFetchesAreCounted() {
        upstream.thrift = new Thrift(1, true, "");

        assertThat(resolve().manifest().descriptor()).isEqualTo(newIndex);
        assertThat(upstream.asked).containsExactly("HEAD 1", "GET " + newIndex.digest(), "GET " + newAmd64.digest());
        assertThat(held(newArm64.digest())).isFalse();
    }

    @Test
    void leavesThemToWhoAsksForThemWhereNothingIsCounted() {
        assertThat(resolve().manifest().descriptor()).isEqualTo(newIndex);
        assertThat(upstream.asked).containsExactly("HEAD 1", "GET " + newIndex.digest());
    }

    @Test
    void waitsWhileAPlatformThatIsHeldMayNotBeFetched() {
        upstream.thrift = new Thrift(1, true, "");
        upstream.refusals.put(
                newAmd64.digest().toString(), new UpstreamException(Kind.WITHHELD, "spent", Duration.ofMinutes(15)));

        Resolved stale = resolve();
        assertThat(stale.source()).isEqualTo(Source.STALE);
        assertThat(stale.manifest().descriptor()).isEqualTo(oldIndex);
        assertThat(stale.staleBecause()).contains("spent");
        clock.pass(Duration.ofMinutes(14));
        resolve();
        assertThat(upstream.asked.stream().filter("HEAD 1"::equals)).hasSize(1);

        upstream.refusals.clear();
        upstream.asked.clear();
        clock.pass(Duration.ofMinutes(2));
        assertThat(resolve().manifest().descriptor()).isEqualTo(newIndex);
        assertThat(upstream.asked).containsExactly("HEAD 1", "GET " + newAmd64.digest());
    }

    @Test
    void movesAlsoWhereSomethingElseIsWrongWithAPlatform() {
        upstream.thrift = new Thrift(1, true, "");
        upstream.refusals.put(newAmd64.digest().toString(), new UpstreamException(Kind.NOT_FOUND, "gone"));

        assertThat(resolve().manifest().descriptor()).isEqualTo(newIndex);
    }

    private Resolved resolve() {
        Resolved resolved = content.resolve(upstream, REPOSITORY, new Tag("1"), PATTERN, TagRule.FREE)
                .join();
        content.admit(upstream, REPOSITORY, resolved).join();
        return resolved;
    }

    private Descriptor image(String name) {
        return upstream.manifest(name, "{\"schemaVersion\":2,\"layers\":[],\"annotations\":{\"a\":\"" + name + "\"}}");
    }

    private static String index(Descriptor arm64, Descriptor amd64) {
        return "{\"schemaVersion\":2,\"manifests\":[" + entry(arm64, "arm64") + "," + entry(amd64, "amd64") + "]}";
    }

    private static String entry(Descriptor image, String architecture) {
        return "{\"mediaType\":\"" + image.mediaType() + "\",\"digest\":\"" + image.digest() + "\",\"size\":"
                + image.size() + ",\"platform\":{\"os\":\"linux\",\"architecture\":\"" + architecture + "\"}}";
    }
}
