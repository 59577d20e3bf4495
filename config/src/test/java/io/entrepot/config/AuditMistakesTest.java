package io.entrepot.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong in the section {@code audit}, with its line. */
class AuditMistakesTest {

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "pseudonymous-clients: true | 1: audit.pseudonymous-clients: true without a key (expected: pseudonyms,"
                        + " under which they are hashed)",
                "nodes: /no/where | 1: audit.nodes: /no/where cannot be read: it does not exist",
                "export: [{ name: a, stdout: true, max-backlog: 0 }] | 1: audit.export[0].max-backlog: 0 (expected: a"
                        + " number from 1 on, or unlimited)",
                "export: [{ name: a, stdout: true, max-backlog: 5GiB }] | 1: audit.export[0].max-backlog: 5GiB"
                        + " (expected: a number from 1 on, or unlimited)",
                "export: [{ name: a, syslog: 'tcp://a', ca: /ca.pem }] | 1: audit.export[0].ca: nothing is encrypted"
                        + " there (expected: only beside tls:// or https://)",
                "checkpoints: [{ name: a, http: 'http://a', internal: true, ca: /ca.pem }] | 1:"
                        + " audit.checkpoints[0].ca: nothing is encrypted there (expected: only beside tls:// or"
                        + " https://)",
                "export: [{ name: a, stdout: true, authorization: '${env:TOKEN}' }] | 1:"
                        + " audit.export[0].authorization: nobody is told it there (expected: only beside http)",
                "export: [{ name: a, syslog: 'tls://a', authorization: '${env:TOKEN}' }] | 1:"
                        + " audit.export[0].authorization: nobody is told it there (expected: only beside http)",
                "export: [{ name: a, http: 'http://a/in' }] | 1: audit.export[0].http: http://a/in is plain HTTP"
                        + " (expected: https, or internal: true beside it if that is meant)",
                "checkpoints: [{ name: a, stdout: true, max-backlog: 5 }] | 1: audit.checkpoints[0].max-backlog:"
                        + " unknown key (expected: name, file, syslog, http, stdout, ca, internal, authorization)",
            })
    void areToldInOneLine(String audit, String problem) {
        assertThat(problems(audit)).isEqualTo("mirror.yaml:" + problem);
    }

    @Test
    void thoseInAFileOfNodesAreToldByTheLinesOfThatFile(@TempDir Path dir) throws Exception {
        Path nodes = Files.writeString(dir.resolve("nodes"), "10.0.0.7 worker-1\n10.0.0.8\n");

        assertThat(problems("nodes: \"" + nodes + "\""))
                .isEqualTo(nodes + ":2: 10.0.0.8 (expected: a network and the name of a node)");
    }

    private static String problems(String audit) {
        ConfigException found = catchThrowableOfType(
                ConfigException.class,
                () -> ConfigLoader.parse("mirror.yaml", "audit: { " + audit + " }", Map.of("TOKEN", "t0ken")));
        return found.getMessage();
    }
}
