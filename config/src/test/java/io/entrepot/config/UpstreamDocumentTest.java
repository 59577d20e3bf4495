package io.entrepot.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples of {@code docs/upstreams.md} work as they stand there. */
class UpstreamDocumentTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "upstreams.md");
    private static final Pattern EXAMPLE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    static List<String> examples() throws IOException {
        return EXAMPLE.matcher(Files.readString(DOCUMENT))
                .results()
                .map(example -> example.group(1))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void loads(String example) throws ConfigException {
        assertThat(upstreams(example)).isNotEmpty();
    }

    @Test
    void showsEachWayToLogIn() throws Exception {
        List<Class<?>> shown = examples().stream()
                .flatMap(UpstreamDocumentTest::upstreamsOf)
                .<Class<?>>map(upstream -> upstream.credentials().getClass())
                .toList();

        assertThat(shown)
                .contains(
                        Credentials.Anonymous.class,
                        Credentials.Basic.class,
                        Credentials.ByRepository.class,
                        Credentials.DockerConfig.class,
                        Credentials.Helper.class,
                        Credentials.Exec.class,
                        Credentials.GoogleKey.class,
                        Credentials.GoogleMetadata.class,
                        Credentials.Ecr.class,
                        Credentials.Azure.class);
    }

    private static Stream<UpstreamConfig> upstreamsOf(String example) {
        try {
            return upstreams(example).stream();
        } catch (ConfigException e) {
            throw new AssertionError(e);
        }
    }

    private static List<UpstreamConfig> upstreams(String example) throws ConfigException {
        MirrorConfig config =
                ConfigLoader.check("example", example, Secrets.unread()).config();
        return Stream.concat(
                        config.upstreams().values().stream(),
                        config.upstreamPatterns().stream().map(UpstreamPattern::template))
                .toList();
    }
}
