package io.entrepot.server.login;

import static io.entrepot.server.login.LoginBench.identity;
import static io.entrepot.server.login.LoginBench.password;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.TestMachine;
import io.entrepot.server.net.NoProgram;
import io.entrepot.server.net.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that say who we are, as scripts of a few lines. */
class ProgramLoginTest {

    @TempDir
    Path directory;

    private Path script(String name, String text) throws IOException {
        Path file = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + text + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private LoginBench helper(String text) throws IOException {
        Path program = script("docker-credential-test", text);
        return LoginBench.of("ghcr.io: { shared: true, auth: { helper: \"" + program + "\" } }");
    }

    private LoginBench exec(String text) throws IOException {
        Path program = script("provider", text);
        return LoginBench.of("ghcr.io: { shared: true, auth: { exec: [\"" + program + "\", get-credentials] } }");
    }

    /** Writes what it is given to a file, then answers. */
    private String answering(String answer) {
        return "echo \"$1 $(cat)\" >> " + directory.resolve("asked") + "\ncat <<'END'\n" + answer + "\nEND";
    }

    private List<String> asked() throws IOException {
        return Files.readAllLines(directory.resolve("asked"));
    }

    @Test
    void asksAHelperForTheRegistry() throws IOException {
        try (LoginBench bench = helper(answering("{\"ServerURL\":\"x\",\"Username\":\"kim\",\"Secret\":\"s\"}"))) {
            assertThat(bench.login()).isEqualTo(password("kim", "s"));
            assertThat(bench.login()).isEqualTo(password("kim", "s"));
            assertThat(asked()).containsExactly("get ghcr.io");
        }
    }

    @Test
    void asksAHelperAgainAfterAWhileAndWhenItsAnswerIsRefused() throws IOException {
        try (LoginBench bench = helper(answering("{\"Username\":\"kim\",\"Secret\":\"s\"}"))) {
            bench.login();
            bench.pass(Duration.ofMinutes(5));
            bench.login();
            assertThat(asked()).hasSize(2);

            bench.pass(Duration.ofSeconds(2));
            bench.refuse(password("kim", "s"));
            bench.login();
            assertThat(asked()).hasSize(3);
        }
    }

    @Test
    void takesTheSecretOfNoUserForAnIdentityToken() throws IOException {
        try (LoginBench bench = helper(answering("{\"Username\":\"<token>\",\"Secret\":\"refresh-1\"}"))) {
            assertThat(bench.login()).isEqualTo(identity("refresh-1"));
        }
    }

    @Test
    void isNobodyWhereAHelperKnowsNone() throws IOException {
        try (LoginBench bench = helper("echo 'credentials not found in native keychain'; exit 1")) {
            assertThat(bench.login()).isEqualTo(new Login.Nobody());
        }
    }

    @Test
    void saysHowAHelperEndedAndNothingOfWhatItWrote() throws IOException {
        try (LoginBench bench = helper("echo s3cret; echo s3cret >&2; exit 3")) {
            assertThat(bench.failure())
                    .isEqualTo(directory.resolve("docker-credential-test") + ": ended with 3 (expected: 0)");
        }
    }

    @Test
    void saysThatAHelperWroteSomethingElse() throws IOException {
        try (LoginBench bench = helper("echo s3cret")) {
            assertThat(bench.failure()).contains("something that is not JSON").doesNotContain("s3cret");
        }
    }

    @Test
    void asksTheHelperThatADockerConfigNames() throws IOException {
        script("docker-credential-named", answering("{\"Username\":\"kim\",\"Secret\":\"s\"}"));
        Path config = Files.writeString(directory.resolve("config.json"), """
                { "auths": { "quay.io": { "username": "written", "password": "p" } },
                  "credHelpers": { "ghcr.io": "named" } }
                """);
        String auth = ": { shared: true, auth: { docker-config: \"" + config + "\" } }";
        Map<String, String> path = Map.of("PATH", "/usr/bin:/bin:" + directory);
        try (LoginBench ghcr = LoginBench.of("ghcr.io" + auth, path);
                LoginBench quay = LoginBench.of("quay.io" + auth, path)) {
            assertThat(ghcr.login()).isEqualTo(password("kim", "s"));
            assertThat(quay.login()).isEqualTo(password("written", "p"));
        }
    }

    @Test
    void asksTheStoreOfADockerConfigByTheNameThatDockerHubHasThere() throws IOException {
        script("docker-credential-store", answering("{\"Username\":\"kim\",\"Secret\":\"s\"}"));
        Path config = Files.writeString(directory.resolve("config.json"), "{\"credsStore\":\"store\"}");
        try (LoginBench bench = LoginBench.of(
                "docker.io: { shared: true, auth: { docker-config: \"" + config + "\" } }",
                Map.of("PATH", "/usr/bin:/bin:" + directory))) {
            assertThat(bench.login()).isEqualTo(password("kim", "s"));
            assertThat(asked()).containsExactly("get https://index.docker.io/v1/");
        }
    }

    @Test
    void takesWhatTheFileSaysWhereItsHelperKnowsNone() throws IOException {
        script("docker-credential-store", "echo 'credentials not found in native keychain'; exit 1");
        Path config = Files.writeString(
                directory.resolve("config.json"),
                "{\"credsStore\":\"store\",\"auths\":{\"ghcr.io\":{\"username\":\"u\",\"password\":\"p\"}}}");
        try (LoginBench bench = LoginBench.of(
                "ghcr.io: { shared: true, auth: { docker-config: \"" + config + "\" } }",
                Map.of("PATH", "/usr/bin:/bin:" + directory))) {
            assertThat(bench.login()).isEqualTo(password("u", "p"));
        }
    }

    @Test
    void runsNoProgramOfANameThatIsNone() throws IOException {
        Path config = Files.writeString(directory.resolve("config.json"), "{\"credsStore\":\"../../bin/sh\"}");
        try (LoginBench bench =
                LoginBench.of("ghcr.io: { shared: true, auth: { docker-config: \"" + config + "\" } }")) {
            assertThat(bench.failure()).contains("a helper whose name is none");
        }
    }

    @Test
    void saysThatThereIsNoSuchProgram() {
        try (LoginBench bench = LoginBench.of("ghcr.io: { shared: true, auth: { helper: not-installed-here } }")) {
            assertThat(bench.failure())
                    .isEqualTo("docker-credential-not-installed-here: no such program (expected: in PATH)");
        }
    }

    @Test
    void asksAProviderAsTheKubeletDoes() throws IOException {
        try (LoginBench bench = exec(answering("""
                        {"kind":"CredentialProviderResponse","apiVersion":"credentialprovider.kubelet.k8s.io/v1",
                         "cacheKeyType":"Registry","cacheDuration":"6h0m0s",
                         "auth":{"*.io":{"username":"wide","password":"p"},"ghcr.io":{"username":"kim","password":"s"}}}"""))) {
            assertThat(bench.login("team/app")).isEqualTo(password("kim", "s"));
            assertThat(bench.login("team/other")).isEqualTo(password("kim", "s"));
            assertThat(asked())
                    .containsExactly("get-credentials {\"apiVersion\":\"credentialprovider.kubelet.k8s.io/v1\","
                            + "\"kind\":\"CredentialProviderRequest\",\"image\":\"ghcr.io/team/app\"}");

            bench.pass(Duration.ofHours(6));
            bench.login("team/app");
            assertThat(asked()).hasSize(2);
        }
    }

    @Test
    void asksAProviderForEachImageIfItSaysSo() throws IOException {
        try (LoginBench bench = exec(answering("""
                        {"kind":"CredentialProviderResponse","cacheKeyType":"Image","cacheDuration":"1h",
                         "auth":{"ghcr.io":{"username":"kim","password":"s"}}}"""))) {
            bench.login("team/app");
            bench.login("team/app");
            bench.login("team/other");
            bench.login("team/other");

            assertThat(asked()).hasSize(2);
            assertThat(asked().get(1)).contains("\"image\":\"ghcr.io/team/other\"");
        }
    }

    @Test
    void readsDurationsAsGoWritesThem() {
        assertThat(ProviderLogin.lifetime("1h30m0s")).isEqualTo(Duration.ofMinutes(90));
        assertThat(ProviderLogin.lifetime("500ms")).isEqualTo(Duration.ofMillis(500));
        assertThat(ProviderLogin.lifetime("0s")).isEqualTo(Duration.ofMinutes(1));
        assertThat(ProviderLogin.lifetime("")).isEqualTo(Duration.ofMinutes(1));
        assertThat(ProviderLogin.lifetime("soon")).isEqualTo(Duration.ofMinutes(1));
        assertThat(ProviderLogin.lifetime("1h later")).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void saysThatAProviderAnsweredSomethingElse() throws IOException {
        try (LoginBench bench = exec(answering("{\"kind\":\"ExecCredential\"}"))) {
            assertThat(bench.failure()).endsWith("wrote something else than a CredentialProviderResponse");
        }
    }

    @Test
    void endsAProgramThatDoesNotEndWithWhatItStarted() throws IOException {
        Path child = directory.resolve("child");
        Path program = script("endless", "sleep 600 & echo $! > %1$s.new; mv %1$s.new %1$s; wait".formatted(child));

        // as long as it takes this machine to start them both
        for (long millis = 1_000; Files.notExists(child); millis *= 2) {
            Throwable failure = TestMachine.failure(
                    new Program(List.of(program.toString()), "", Duration.ofMillis(millis)).run(new byte[0]));

            assertThat(failure)
                    .isInstanceOf(NoProgram.class)
                    .hasMessage(program + ": did not end within " + millis + " ms");
        }
        long pid = Long.parseLong(Files.readString(child).strip());
        eventually(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
    }

    @Test
    void doesNotWaitForWhatAProgramLeftBehindThatHoldsItsOutput() throws IOException {
        Path children = directory.resolve("children");
        Path program = script("leaving", "sleep 600 & echo $! >> " + children + "\necho hello");
        Program leaving = new Program(List.of(program.toString()), "", Duration.ofMinutes(5));

        try {
            // more often than it may run at once
            for (int i = 0; i < 4; i++) {
                Program.Result result = TestMachine.await(leaving.run(new byte[0]));

                assertThat(result.exit()).isZero();
                assertThat(new String(result.output(), StandardCharsets.US_ASCII))
                        .isEqualTo("hello\n");
            }
        } finally {
            for (String child : Files.readAllLines(children)) {
                ProcessHandle.of(Long.parseLong(child)).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
    }

    @Test
    void doesNotKeepAProgramWaitingForAnotherThatHangs() throws IOException {
        Path go = directory.resolve("go");
        Path hanging = script("hanging", "while ! test -e " + go + "; do sleep 0.1; done");
        // before any is started: a child that begins meanwhile would hold the file open for writing, and it could not
        // be run
        Path quick = script("quick", "echo hello");
        Program hangs = new Program(List.of(hanging.toString()), "", Duration.ofMinutes(5));
        List<CompletableFuture<Program.Result>> runs =
                Stream.generate(() -> hangs.run(new byte[0])).limit(20).toList();

        Program other = new Program(List.of(quick.toString()), "", Duration.ofMinutes(5));
        assertThat(TestMachine.await(other.run(new byte[0])).exit()).isZero();
        assertThat(runs).noneMatch(CompletableFuture::isDone);

        Files.createFile(go);
        runs.forEach(TestMachine::await);
    }

    @Test
    void readsNoMoreOfAProgramThanFitsTheBound() throws IOException {
        Path program = script("endless", "yes");

        assertThat(TestMachine.failure(
                        new Program(List.of(program.toString()), "", Duration.ofSeconds(60)).run(new byte[0])))
                .hasMessage(program + ": wrote too much (expected: at most 256 KiB)");
    }

    @Test
    void doesNotMindAProgramThatDoesNotReadItsInput() throws IOException {
        Path program = script("deaf", "exec <&-; echo hello");

        Program.Result result = TestMachine.await(new Program(List.of(program.toString()), "", Duration.ofSeconds(60))
                .run("x".repeat(200_000).getBytes(StandardCharsets.US_ASCII)));

        assertThat(new String(result.output(), StandardCharsets.US_ASCII)).isEqualTo("hello\n");
    }

    @Test
    void usesNoShell() throws IOException {
        Path program = script("provider", "echo \"$1\"");

        Program.Result result = TestMachine.await(
                new Program(List.of(program.toString(), "$(id); `id` | id"), "", Duration.ofSeconds(60))
                        .run(new byte[0]));

        assertThat(new String(result.output(), StandardCharsets.US_ASCII)).isEqualTo("$(id); `id` | id\n");
    }

    private static void eventually(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it did not happen").isLessThan(end);
            Thread.onSpinWait();
        }
    }
}
