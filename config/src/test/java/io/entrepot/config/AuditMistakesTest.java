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
                        + " unknown key (expected: name, file, syslog, http, stdout, ca, internal, authorization,"
                        + " every, bucket)",
                "export: [{ name: a }] | 1: audit.export[0]: goes nowhere (expected: one of file, stdout, syslog, http)",
                "checkpoints: [{ name: a }] | 1: audit.checkpoints[0]: goes nowhere (expected: one of file, stdout,"
                        + " syslog, http, bucket)",
                "checkpoints: [{ name: a, bucket: { region: eu-central-1 } }] | 1: audit.checkpoints[0].bucket: name is"
                        + " missing (expected: the name of the bucket)",
                "checkpoints: [{ name: a, stdout: true, every: 5s }] | 1: audit.checkpoints[0].every: is said of a"
                        + " bucket alone (expected: bucket beside it)",
                "parquet: { bucket: { name: acme } } | 1: audit.parquet.bucket.name: acme is nowhere (expected: a region"
                        + " as eu-central-1, or endpoint beside it)",
                "parquet: { bucket: { name: acme, region: here } } | 1: audit.parquet.bucket.region: here is nowhere"
                        + " (expected: a region as eu-central-1, or endpoint beside it)",
                "parquet: { bucket: { name: a.b, region: eu-central-1 } } | 1: audit.parquet.bucket.name: a.b has a dot,"
                        + " and no certificate is for its host (expected: style: path beside it)",
                "parquet: { bucket: { name: acme, endpoint: 'http://minio:9000' } } | 1: audit.parquet.bucket.endpoint:"
                        + " http://minio:9000 is plain HTTP (expected: https, or internal: true beside it if that is"
                        + " meant)",
                "parquet: { bucket: { name: acme, endpoint: 'https://minio/path' } } | 1:"
                        + " audit.parquet.bucket.endpoint: https://minio/path (expected: https://HOST:PORT, the bucket as"
                        + " name)",
                "parquet: { bucket: { name: acme, region: eu-central-1, keys: { from: nowhere } } } | 1:"
                        + " audit.parquet.bucket.keys.from: nowhere (expected: chain, environment, file, web-identity,"
                        + " container or instance)",
                "parquet: { bucket: { name: acme, region: eu-central-1, prefix: /a } } | 1: audit.parquet.bucket.prefix:"
                        + " /a (expected: letters, digits and -_.= between slashes, as in mirrors/mirror-1)",
                "parquet: { bucket: { name: acme, region: eu-central-1, lock: 1d } } | 1: audit.parquet.bucket.lock:"
                        + " unknown key (expected: name, prefix, region, endpoint, style, ca, internal, keys)",
                "parquet: { every: 5s } | 1: audit.parquet.every: 5s (expected: 1m or more)",
                "teams: [{ name: web }] | 1: audit.teams[0]: a team needs both (expected: name, namespaces)",
                "teams: [{ namespaces: [web] }] | 1: audit.teams[0]: a team needs both (expected: name, namespaces)",
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
