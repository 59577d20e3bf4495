package io.entrepot.server.login;

import static io.entrepot.server.login.LoginBench.identity;
import static io.entrepot.server.login.LoginBench.password;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logins that stand in the configuration and in files. */
class WrittenLoginTest {

    @TempDir
    Path directory;

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private LoginBench dockerConfig(String registry, String json) throws IOException {
        return LoginBench.of(
                registry + ": { shared: true, auth: { docker-config: \"" + write("config.json", json) + "\" } }");
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void isNobodyUnlessSomethingIsSaid() {
        try (LoginBench bench = LoginBench.of("ghcr.io: {}")) {
            assertThat(bench.login()).isEqualTo(new Login.Nobody());
        }
    }

    @Test
    void seesThatTheFileOfAPasswordChanges() throws IOException {
        Path file = write("password", "one\n");
        try (LoginBench bench = LoginBench.of(
                "ghcr.io: { shared: true, auth: { username: bot, password: \"${file:" + file + "}\" } }")) {
            assertThat(bench.login()).isEqualTo(password("bot", "one"));

            write("password", "two\n");
            bench.pass(Duration.ofSeconds(5));

            assertThat(bench.login()).isEqualTo(password("bot", "two"));
        }
    }

    @Test
    void seesItSoonerIfTheOldOneIsRefused() throws IOException {
        Path file = write("token", "one");
        try (LoginBench bench =
                LoginBench.of("ghcr.io: { shared: true, auth: { identity-token: \"${file:" + file + "}\" } }")) {
            assertThat(bench.login()).isEqualTo(identity("one"));
            write("token", "two");
            bench.pass(Duration.ofSeconds(2));
            assertThat(bench.login()).isEqualTo(identity("one"));

            bench.refuse(identity("one"));

            assertThat(bench.login()).isEqualTo(identity("two"));
        }
    }

    @Test
    void keepsAPasswordWhoseFileIsGone() throws IOException {
        Path file = write("password", "one");
        try (LoginBench bench = LoginBench.of(
                "ghcr.io: { shared: true, auth: { username: bot, password: \"${file:" + file + "}\" } }")) {
            Files.delete(file);

            assertThat(bench.login()).isEqualTo(password("bot", "one"));
        }
    }

    @Test
    void isAnotherForSomeRepositories() {
        try (LoginBench bench = LoginBench.of("""
                ghcr.io: { shared: true,
                  auth: { username: everywhere, password: "${env:A}" },
                  credentials: [
                    { repositories: ["acme/**"], auth: { username: acme, password: "${env:B}" } },
                    { repositories: ["open/*"] } ] }
                """, Map.of("A", "a", "B", "b"))) {
            assertThat(bench.login("acme/team/app")).isEqualTo(password("acme", "b"));
            assertThat(bench.login("open/app")).isEqualTo(new Login.Nobody());
            assertThat(bench.login("other/app")).isEqualTo(password("everywhere", "a"));
        }
    }

    @Test
    void readsTheKeysOfDockerHub() throws IOException {
        for (String key : new String[] {
            "https://index.docker.io/v1/",
            "index.docker.io",
            "docker.io",
            "registry-1.docker.io",
            "https://docker.io/v2"
        }) {
            try (LoginBench bench = dockerConfig(
                    "docker.io", "{\"auths\":{\"" + key + "\":{\"auth\":\"" + base64("kim:a:b") + "\"}}}")) {
                assertThat(bench.login("library/alpine")).as(key).isEqualTo(password("kim", "a:b"));
            }
        }
    }

    @Test
    void readsIdentityTokensAndPlainPasswords() throws IOException {
        String json = """
                { "auths": { "acr.example": { "auth": "%s", "identitytoken": "refresh-1" },
                             "reg.example:5000": { "username": "u", "password": "p" } } }
                """.formatted(base64("00000000-0000-0000-0000-000000000000:"));
        try (LoginBench acr = dockerConfig("acr.example", json);
                LoginBench reg = dockerConfig("\"reg.example:5000\"", json);
                LoginBench other = dockerConfig("other.example", json)) {
            assertThat(acr.login()).isEqualTo(identity("refresh-1"));
            assertThat(reg.login()).isEqualTo(password("u", "p"));
            assertThat(other.login()).isEqualTo(new Login.Nobody());
        }
    }

    @Test
    void prefersTheKeyThatSaysMost() throws IOException {
        String json = """
                { "auths": { "*.example": { "username": "pattern", "password": "p" },
                             "quay.example": { "username": "host", "password": "p" },
                             "quay.example/acme": { "username": "team", "password": "p" } } }
                """;
        try (LoginBench bench = dockerConfig("quay.example", json);
                LoginBench other = dockerConfig("other.example", json);
                LoginBench deep = dockerConfig("a.other.example", json)) {
            assertThat(bench.login("acme/app")).isEqualTo(password("team", "p"));
            assertThat(bench.login("acmeic/app")).isEqualTo(password("host", "p"));
            assertThat(other.login()).isEqualTo(password("pattern", "p"));
            assertThat(deep.login()).isEqualTo(new Login.Nobody());
        }
    }

    @Test
    void seesThatADockerConfigChanges() throws IOException {
        try (LoginBench bench = dockerConfig("ghcr.io", "{\"auths\":{}}")) {
            assertThat(bench.login()).isEqualTo(new Login.Nobody());

            write("config.json", "{\"auths\":{\"ghcr.io\":{\"username\":\"u\",\"password\":\"p\"}}}");
            bench.pass(Duration.ofSeconds(5));

            assertThat(bench.login()).isEqualTo(password("u", "p"));
        }
    }

    @Test
    void saysWhichFileCannotBeReadAndNothingOfWhatIsInIt() throws IOException {
        try (LoginBench bench = dockerConfig("ghcr.io", "secret: {")) {
            assertThat(bench.failure())
                    .isEqualTo(directory.resolve("config.json") + ": not JSON (expected: {\"auths\": …})");
        }
    }

    @Test
    void neverPrintsASecret() {
        assertThat(password("kim", "s3cret").toString() + identity("s3cret")).doesNotContain("s3cret");
    }
}
