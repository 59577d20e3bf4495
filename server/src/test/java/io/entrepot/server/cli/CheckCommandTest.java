package io.entrepot.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.MirrorConfig.Tls;
import io.entrepot.server.inspect.Json;
import io.entrepot.server.tls.SelfSigned;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code entrepot check}: everything that is wrong, at once. */
class CheckCommandTest {

    private static final String TEN_MISTAKES = """
            listn: {}
            listen: { port: 70000, default-registry: nowhere.corp }
            upstreams:
              docker.io: { url: "ftp://registry-1.docker.io" }
              registry.corp: { url: "http://10.0.0.5:5000" }
              hub.corp: { url: https://hub.corp, auth: { username: me, password: hunter2 } }
            tags:
              - { match: "**", fresh: soon }
              - { match: "**", immutable: true, never: true }
            storage: { disk: { max-size: much } }
            log: { format: xml }
            """;

    @TempDir
    private Path root;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void tenMistakesAreTenProblemsEachWithItsLine() throws Exception {
        Path file = write(TEN_MISTAKES);

        assertThat(run("check", file.toString())).isEqualTo(2);

        assertThat(out.toString().lines())
                .hasSizeGreaterThanOrEqualTo(10)
                .allMatch(line -> line.matches(".*/mirror\\.yaml:[0-9]+: .+"));
        for (int line : new int[] {1, 2, 4, 5, 6, 8, 9, 10, 11}) {
            assertThat(out.toString()).contains(file + ":" + line + ": ");
        }
        assertThat(out.toString()).doesNotContain("hunter2");
    }

    @Test
    void aGoodFileIsOk() throws Exception {
        Path file = write("listen: { port: 5000 }\n");

        assertThat(run("check", "--config", file.toString())).isZero();
        assertThat(out).hasToString(file + ": ok\n");
    }

    @Test
    void problemsAsJson() throws Exception {
        Path file = write("nonsense: 1\n");

        assertThat(run("check", file.toString(), "-o", "json")).isEqualTo(2);
        assertThat(Json.parse(out.toString()).at("/problems/0/line").asInt()).isEqualTo(1);
        assertThat(out.toString()).contains("nonsense");
    }

    @Test
    void aFileThatIsNotThereIsAProblemWithoutALine() {
        Path absent = root.resolve("absent.yaml");

        assertThat(run("check", absent.toString())).isEqualTo(2);
        assertThat(run("check", absent.toString(), "-o", "json")).isEqualTo(2);

        assertThat(out)
                .hasToString(absent + ": cannot be read: it does not exist\n{\"problems\":[{\"file\":\"" + absent
                        + "\",\"message\":\"cannot be read: it does not exist\"}],\"warnings\":[]}\n");
    }

    @Test
    void aKeyThatIsNotThatOfTheCertificateIsAProblem() throws Exception {
        Tls one = new SelfSigned(root.resolve("one")).ensure(Set.of("localhost"), Instant.now());
        Tls other = new SelfSigned(root.resolve("other")).ensure(Set.of("localhost"), Instant.now());
        Path file = write("listen: { tls: { certificate: %s, key: %s } }\n".formatted(one.certificate(), other.key()));

        assertThat(run("check", file.toString())).isEqualTo(2);

        assertThat(out)
                .hasToString(file + ": listen.tls: TLS certificate " + one.certificate() + " with key " + other.key()
                        + " cannot be used: the key is not that of the certificate"
                        + " (expected: a PEM chain and its unencrypted PEM key)\n");
    }

    @Test
    void aFileOfUsersThatServeWouldRefuseIsAProblem() throws Exception {
        Path users = Files.writeString(root.resolve("users"), "alice:$apr1$salt$hash\n");
        Path file = write("access: { htpasswd: %s }\n".formatted(users));

        assertThat(run("check", file.toString())).isEqualTo(2);
        Files.writeString(users, "alice\n");
        assertThat(run("check", file.toString())).isEqualTo(2);

        assertThat(out)
                .hasToString(file + ": access.htpasswd: " + users + ": line 1: a hash that is not known here (expected:"
                        + " bcrypt, as htpasswd -B writes it, or $pbkdf2-sha256$ROUNDS$SALT$HASH)\n"
                        + file + ": access.htpasswd: " + users + ": line 1: no user (expected: user:hash)\n");
    }

    @Test
    void aFileOfKeysThatServeWouldRefuseIsAProblem() throws Exception {
        Path keys = Files.writeString(root.resolve("keys.json"), "garbage");
        Path file = write("""
                access:
                  issuers:
                    - { issuer: "https://issuer.corp", audience: [entrepot], algorithms: [RS256], jwks: %s }
                """.formatted(keys));

        assertThat(run("check", file.toString())).isEqualTo(2);

        assertThat(out)
                .hasToString(file + ": access.issuers.jwks: " + keys
                        + ": no JWKS (expected: {\"keys\": […]}, at most 100" + " of them)\n");
    }

    @Test
    void aRuleThatCanMatchNothingIsAWarning() throws Exception {
        Path file = write("""
                policy:
                  rules:
                    - name: no-latest
                      match: { tags: [latest], namespaces: ["prod-*"] }
                      deny: "{image} moves"
                """);
        String warning = "policy.rules[0].match.namespaces: nobody can prove who they are, so that it matches nobody"
                + " (expected: access.issuers)";

        assertThat(run("check", file.toString())).isEqualTo(2);
        assertThat(run("check", file.toString(), "-o", "json")).isEqualTo(2);

        assertThat(out)
                .hasToString(file + ":4: warning: " + warning + "\n{\"problems\":[],\"warnings\":[{\"file\":\"" + file
                        + "\",\"line\":4,\"message\":\"" + warning + "\"}]}\n");
    }

    @Test
    void oneFileIsNeeded() {
        assertThat(run("check")).isEqualTo(2);
        assertThat(err.toString()).startsWith("entrepot: which configuration? (expected: one FILE)\n");
    }

    private Path write(String yaml) throws Exception {
        return Files.writeString(root.resolve("mirror.yaml"), yaml);
    }

    private int run(String... arguments) {
        return new Cli((config, file, self) -> 0)
                .out(new PrintWriter(out, true))
                .err(new PrintWriter(err, true))
                .run(arguments);
    }
}
