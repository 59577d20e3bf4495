package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.Blob;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.TestImage;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The official conformance suite of the distribution spec, pull and content discovery, on a mirror before a seeded upstream. */
@Tag("long")
class ConformanceTest {

    private static final String REPOSITORY = "conformance/repo1";

    private final TestImage first = ImageBuilder.image().seed(1).layer(50_000).build();
    private final TestImage second = ImageBuilder.image().seed(2).layer(0).build();
    private final TestImage index = ImageBuilder.index().add(first).add(second).build();
    private final List<TestImage> artifacts = Stream.of(1L, 2L, 3L)
            .map(seed -> TestImage.referrer(first.descriptor(), "application/vnd.example.test", Blob.seeded(seed, 500)))
            .toList();

    @TempDir
    Path dir;

    @Test
    void passesOrIsSkippedByTheSuiteItself() throws Exception {
        try (FakeRegistry upstream = seeded(FakeRegistry.builder().referrers(2).start())) {
            assertConforms(upstream);
        }
    }

    @Test
    void passesBeforeAnUpstreamWithoutReferrers() throws Exception {
        try (FakeRegistry upstream = seeded(FakeRegistry.start())) {
            assertConforms(upstream);
        }
    }

    /** The status of the process tells nothing: read-only, this release of the suite always ends in a failure of its own. */
    private void assertConforms(FakeRegistry upstream) throws Exception {
        try (PackagedMirror mirror =
                PackagedMirror.ofDockerHub(dir.resolve("mirror"), upstream.url().toString())) {
            String report = suite(mirror).attempt().output();
            List<String> tests = report.lines()
                    .filter(line -> line.strip().startsWith("OCI Conformance Test"))
                    .toList();
            System.out.println(String.join("\n", tests));

            assertThat(report).contains("OCI Conformance Result: Pass").doesNotContain(": FAIL");
            assertThat(tests).allSatisfy(test -> assertThat(test).containsPattern(": (Pass|Skip|Disabled)$"));
            assertThat(tests.stream().filter(test -> test.endsWith(": Pass")).map(ConformanceTest::name))
                    .contains("ping", "tag list", "tag-list", "referrers", "missing-manifest/by-digest")
                    .contains("missing-manifest/by-tag", "invalid-digest-format/manifest-get")
                    .contains("head/manifest-head-by-tag", "head/manifest-head-by-digest", "head/blob-head")
                    .contains("pull/manifest-by-tag", "pull/manifest-by-digest", "pull/blob-get");
        }
    }

    /** The name of a test without the groups that it is in only for its data. */
    private static String name(String test) {
        return test.strip()
                .replaceFirst("^OCI Conformance Test/?((empty|read-only)/)?", "")
                .replaceFirst(": .*$", "");
    }

    private Command suite(PackagedMirror mirror) {
        return Tools.CONFORMANCE
                .command()
                .in("OCI_REGISTRY", mirror.host())
                .in("OCI_TLS", "disabled")
                .in("OCI_REPO1", "docker.io/" + REPOSITORY)
                .in("OCI_VERSION", "1.1")
                .in("OCI_RESULTS_DIR", dir.resolve("results"))
                .in("OCI_API_BLOBS_DIGEST_HEADER", true)
                .in("OCI_API_PUSH", false)
                .in("OCI_API_BLOBS_DELETE", false)
                .in("OCI_API_MANIFESTS_DELETE", false)
                .in("OCI_API_TAGS_DELETE", false)
                .in("OCI_RO_DATA_TAGS", "a b idx")
                .in("OCI_RO_DATA_MANIFESTS", words(Stream.of(first, second, index)))
                .in("OCI_RO_DATA_BLOBS", words(Stream.of(first.layer(0), second.layer(0))))
                .in("OCI_RO_DATA_REFERRERS", first.digest());
    }

    private static String words(Stream<?> all) {
        return all.map(one -> one instanceof TestImage image ? image.digest() : ((Blob) one).digest())
                .map(Object::toString)
                .collect(Collectors.joining(" "));
    }

    private FakeRegistry seeded(FakeRegistry registry) {
        registry.push(REPOSITORY, "a", first);
        registry.push(REPOSITORY, "b", second);
        registry.push(REPOSITORY, "idx", index);
        artifacts.forEach(artifact -> registry.push(REPOSITORY, artifact));
        return registry;
    }
}
