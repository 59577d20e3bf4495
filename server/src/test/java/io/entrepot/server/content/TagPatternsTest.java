package io.entrepot.server.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.oci.ImageRef;
import io.entrepot.oci.Reference.Tag;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TagPatternsTest {

    private static final TagPatterns PATTERNS = TagPatterns.of(
            Stream.of("**:latest", "docker.io/library/*:*.*.*", "localhost:5000/x/**", "ghcr.io/acme/**", "**")
                    .map(TagPatternsTest::pattern)
                    .toList());

    @ParameterizedTest
    @CsvSource({
        "alpine, **:latest",
        "ghcr.io/acme/app:latest, **:latest",
        "alpine:3.20.1, docker.io/library/*:*.*.*",
        "alpine:3.20, **",
        "docker.io/acme/app:1.2.3, **",
        "localhost:5000/x/y:1, localhost:5000/x/**",
        "ghcr.io/acme/a/b:v1, ghcr.io/acme/**",
    })
    void takesTheFirstThatMatches(String image, String expected) {
        ImageRef ref = ImageRef.parse(image);

        assertThat(PATTERNS.match(ref.repository(), (Tag) ref.reference()).match())
                .isEqualTo(expected);
    }

    private static TagPattern pattern(String match) {
        return new TagPattern(
                match, TagPattern.Mode.REVALIDATE, Duration.ZERO, Duration.ZERO, Duration.ZERO, false, false);
    }
}
