package io.entrepot.server.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.entrepot.config.ConfigException;
import io.entrepot.config.ConfigLoader;
import io.entrepot.config.DigestFile;
import io.entrepot.config.PinFile;
import io.entrepot.config.PolicyConfig;
import io.entrepot.oci.Glob;
import io.entrepot.oci.ImageRef;
import io.entrepot.oci.Platform;
import io.entrepot.oci.Version;
import io.entrepot.oci.VersionRange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/**
 * Hostile text for every parser of a policy: it is read or refused in words, and nothing else happens. As a test each target
 * runs over the inputs kept beside it in {@code …/PolicyFuzzTestInputs}; with {@code JAZZER_FUZZ=1} Jazzer looks for new ones.
 */
@Tag("fuzz")
class PolicyFuzzTest {

    @FuzzTest(maxDuration = "1m")
    void policy(byte[] input) {
        read("policy:\n" + text(input).indent(2));
    }

    @FuzzTest(maxDuration = "1m")
    void rule(byte[] input) {
        read("policy:\n  default: allow\n  rules:\n    - name: r\n"
                + text(input).indent(6));
    }

    @FuzzTest(maxDuration = "1m")
    void tagMatcher(byte[] input) {
        for (String list : List.of("tags", "versions")) {
            read("policy: { rules: [ { name: r, match: { " + list + ": [\"" + escaped(text(input))
                    + "\"] }, deny: no } ] }");
        }
    }

    @FuzzTest(maxDuration = "1m")
    void versionRange(byte[] input) {
        String text = text(input);
        int end = text.indexOf('\n');
        try {
            VersionRange range = VersionRange.parse(end < 0 ? text : text.substring(0, end));
            Version.of(text.substring(end + 1)).ifPresent(version -> {
                if (range.contains(version)) {
                    assertThat(range.isEmpty()).isFalse();
                }
            });
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageStartingWith("versions: ");
        }
    }

    @FuzzTest(maxDuration = "1m")
    void globAndPlatform(byte[] input) {
        String text = text(input);
        int end = text.indexOf('\n');
        try {
            assertThat(new Glob(text.replace("\n", "")).matches(text.substring(end + 1)))
                    .isIn(true, false);
            Platform platform = Platform.parse(text);
            assertThat(platform.admits(platform)).isTrue();
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("expected: ");
        }
    }

    @FuzzTest(maxDuration = "1m")
    void pins(byte[] input) throws ConfigException {
        PinBook book;
        try {
            book = LockFile.book(PinFile.parse("pins", text(input)));
        } catch (ConfigException e) {
            assertThat(e.problems()).isNotEmpty();
            return;
        }
        assertThat(LockFile.book(PinFile.parse("pins", LockFile.text(book)))).isEqualTo(book);
    }

    @FuzzTest(maxDuration = "1m")
    void deniedDigests(byte[] input) throws IOException {
        Path file = Files.createTempFile("denied", "");
        try {
            Files.write(file, input);
            assertThat(DigestFile.read(file)).doesNotContainNull();
        } catch (ConfigException e) {
            assertThat(e.problems()).hasSizeBetween(1, 20);
        } finally {
            Files.delete(file);
        }
    }

    /** What can be read can be run. */
    private static void read(String text) {
        try {
            PolicyConfig config = ConfigLoader.parse("m", text, Map.of()).policy();
            Asked asked = new Asked(
                    ImageRef.parse("ghcr.io/a/b").repository(),
                    ImageRef.parse("ghcr.io/a/b:1.2.3-rc.1").reference(),
                    Made.asker("anybody"));
            PullPolicy policy = PullPolicy.of(config, PullPolicy.Basis.NONE);
            assertThat(policy.onNames(asked, Made.NOW)).isNotNull();
            assertThat(policy.onContent(asked, Made.subject(asked.reference(), "-"), Made.NOW))
                    .isNotNull();
        } catch (ConfigException e) {
            assertThat(e.problems())
                    .isNotEmpty()
                    .allSatisfy(problem -> assertThat(problem.message()).doesNotContain("\n"));
        }
    }

    private static String text(byte[] input) {
        return new String(input, StandardCharsets.UTF_8);
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
