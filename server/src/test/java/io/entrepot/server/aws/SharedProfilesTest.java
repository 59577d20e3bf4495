package io.entrepot.server.aws;

import static io.entrepot.server.TestMachine.await;
import static io.entrepot.server.TestMachine.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.config.AwsKeysFrom;
import io.entrepot.config.Secret;
import io.entrepot.loadtest.FakeCloud;
import io.entrepot.server.LeakCheck;
import io.entrepot.server.TestMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Profiles of Amazon's two shared files that lead to keys elsewhere: to a role, to a program. */
@ExtendWith(LeakCheck.class)
class SharedProfilesTest {

    private static final AwsRegion REGION = new AwsRegion("eu-central-1");
    private static final String KEYS = "[base]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n";
    private static final String ROLE = "arn:aws:iam::123456789012:role/";

    private final FakeCloud cloud = FakeCloud.start();
    private final Map<String, String> environment = new HashMap<>();
    private Optional<TestMachine> machine = Optional.empty();
    private Optional<AwsLogin> opened = Optional.empty();

    @TempDir
    Path home;

    @BeforeEach
    void set() throws IOException {
        Files.createDirectory(home.resolve(".aws"));
        environment.put("HOME", home.toString());
        environment.put("PATH", "/usr/bin:/bin");
        environment.put("AWS_ENDPOINT_URL_STS", cloud.url("/sts").toString());
        environment.put("AWS_EC2_METADATA_DISABLED", "true");
        cloud.amazon().know("AKIA1");
    }

    @AfterEach
    void close() {
        opened.ifPresent(AwsLogin::close);
        machine.ifPresent(TestMachine::close);
        cloud.close();
    }

    private void files(String credentials, String configuration) throws IOException {
        Files.writeString(home.resolve(".aws/credentials"), credentials);
        Files.writeString(home.resolve(".aws/config"), configuration);
    }

    private AwsLogin open(String profile) {
        machine = Optional.of(TestMachine.with(environment));
        opened = Optional.of(AwsLogin.open(
                new AwsKeysFrom.SharedFile(Optional.empty(), Optional.of(profile)),
                REGION,
                Optional.empty(),
                machine.get().machine()));
        return opened.get();
    }

    private String program(String name, String text) throws IOException {
        Path file = Files.writeString(home.resolve(name), "#!/bin/sh\n" + text + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"))
                .toString();
    }

    @Test
    void assumeARoleWithTheKeysOfAnotherProfile() throws IOException {
        files(KEYS, "[profile mirror]\nrole_arn = " + ROLE + "mirror\nsource_profile = base\n");

        assertThat(await(open("mirror").keys()))
                .isEqualTo(
                        new AwsKeys("ASIA1", new Secret("secret-of-ASIA1"), Optional.of(new Secret("token-of-ASIA1"))));
        assertThat(cloud.amazon().lastRole()).isEqualTo(ROLE + "mirror entrepot");
    }

    @Test
    void assumeARoleUnderTheConditionsThatTheProfileSays() throws IOException {
        cloud.amazon().externalId("agreed");
        files(KEYS, """
                [profile mirror]
                role_arn = %smirror
                source_profile = base
                external_id = agreed
                role_session_name = mirror-1
                """.formatted(ROLE));

        await(open("mirror").keys());

        assertThat(cloud.amazon().lastRole()).isEqualTo(ROLE + "mirror mirror-1");
    }

    @Test
    void assumeARoleByWayOfAnotherRole() throws IOException {
        files(KEYS, """
                [profile first]
                role_arn = %sfirst
                source_profile = base
                [profile second]
                role_arn = %ssecond
                source_profile = first
                """.formatted(ROLE, ROLE));

        assertThat(await(open("second").keys()).id()).isEqualTo("ASIA2");
        assertThat(cloud.count("/sts/")).isEqualTo(2);
        assertThat(cloud.amazon().lastRole()).startsWith(ROLE + "second");
    }

    @Test
    void assumeARoleWithTheKeysOfTheSameProfile() throws IOException {
        files(KEYS, "[profile base]\nrole_arn = " + ROLE + "mirror\nsource_profile = base\n");

        assertThat(await(open("base").keys()).id()).isEqualTo("ASIA1");
    }

    @Test
    void assumeTheRoleAgainBeforeItsKeysEndWithTheKeysThatTheFileHasThen() throws IOException {
        cloud.lifetime(Duration.ofHours(2));
        String configuration = "[profile mirror]\nrole_arn = " + ROLE + "mirror\nsource_profile = base\n";
        files(KEYS, configuration);
        AwsLogin login = open("mirror");
        assertThat(await(login.keys()).id()).isEqualTo("ASIA1");

        cloud.amazon().revoke();
        cloud.amazon().know("AKIA2");
        files(KEYS.replace("AKIA1", "AKIA2"), configuration);
        machine.orElseThrow().pass(Duration.ofHours(2));

        assertThat(await(login.keys()).id()).isEqualTo("ASIA2");
    }

    @Test
    void sayByWhichCodeARoleWasRefused() throws IOException {
        cloud.amazon().externalId("agreed");
        files(KEYS, "[profile mirror]\nrole_arn = " + ROLE + "mirror\nsource_profile = base\n");

        assertThat(failure(open("mirror").keys()))
                .hasMessage("the token service (STS) answered 400 AccessDenied (expected: 200)");
    }

    @Test
    void haveTheKeysThatAProgramSays() throws IOException {
        String program = program(
                "keys of mine",
                "echo \"{\\\"Version\\\":1,\\\"AccessKeyId\\\":\\\"$2\\\",\\\"SecretAccessKey\\\":\\\"s\\\","
                        + "\\\"SessionToken\\\":\\\"t\\\",\\\"Expiration\\\":\\\""
                        + Instant.now().plusSeconds(7_200)
                        + "\\\"}\"");
        files("", "[profile mirror]\ncredential_process = \"" + program + "\" --as 'ASIA 9'\n");

        assertThat(await(open("mirror").keys()))
                .isEqualTo(new AwsKeys("ASIA 9", new Secret("s"), Optional.of(new Secret("t"))));
    }

    @Test
    void runAProgramThatSaysNoEndEveryFiveMinutes() throws IOException {
        String program = program(
                "keys",
                "echo x >> " + home.resolve("asked")
                        + "; echo '{\"Version\":1,\"AccessKeyId\":\"AKIA9\",\"SecretAccessKey\":\"s\"}'");
        files("", "[default]\ncredential_process = " + program + "\n");
        AwsLogin login = open("default");
        await(login.keys());
        await(login.keys());
        assertThat(home.resolve("asked")).hasContent("x");

        machine.orElseThrow().pass(Duration.ofMinutes(5));
        await(login.keys());
        assertThat(home.resolve("asked")).hasContent("x\nx");
    }

    @Test
    void assumeARoleWithTheKeysThatAProgramSays() throws IOException {
        String program = program("keys", "echo '{\"Version\":1,\"AccessKeyId\":\"AKIA1\",\"SecretAccessKey\":\"s\"}'");
        files("", """
                [profile base]
                credential_process = %s
                [profile mirror]
                role_arn = %smirror
                source_profile = base
                """.formatted(program, ROLE));

        assertThat(await(open("mirror").keys()).id()).isEqualTo("ASIA1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "echo s3cret >&2; exit 3 | ended with 3 (expected: 0)",
                "echo s3cret | wrote something else than keys",
                "echo '{\"AccessKeyId\":\"a\"}' | wrote something else than keys",
                "echo '{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"s3cret\",\"Expiration\":\"2020-01-01T00:00:00Z\"}'"
                        + " | wrote something else than keys"
            })
    void sayWhatIsWrongWithAProgramAndNothingOfWhatItWrote(String text, String why) throws IOException {
        String program = program("keys", text);
        files("", "[default]\ncredential_process = " + program + "\n");

        assertThat(failure(open("default").keys()))
                .isInstanceOf(NoAwsKeys.class)
                .hasMessageStartingWith("credential_process of profile default: " + program)
                .hasMessageContaining(why)
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void preferWhatStandsInTheCredentialsFile() throws IOException {
        files(KEYS, "[profile base]\naws_access_key_id = AKIA2\naws_secret_access_key = other\nregion = x\n");

        assertThat(await(open("base").keys())).isEqualTo(new AwsKeys("AKIA1", new Secret("s"), Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "role_arn = r | profile mirror: role_arn without source_profile is not supported",
                "role_arn = r;source_profile = none | profile mirror: its source_profile none is in neither file",
                "role_arn = r;source_profile = empty | profile empty has no keys (expected: by profile mirror)",
                "role_arn = r;source_profile = circle | profile circle: its source_profile leads back to it",
                "role_arn = r;source_profile = base;mfa_serial = m | profile mirror: role_arn with mfa_serial is not",
                "sso_session = corp | profile mirror: sso_session is not supported",
                "sso_start_url = https://x | profile mirror: sso_start_url is not supported",
                "credential_source = Environment;role_arn = r | profile mirror: role_arn without source_profile",
                "credential_process = 'a | credential_process of profile mirror: ' is not closed",
                "credential_process = none-such | credential_process of profile mirror: none-such: no such program",
                "region = eu-central-1 | no AWS keys (expected: keys of profile mirror in "
            })
    void sayWhatCannotBeFollowed(String lines, String why) throws IOException {
        files(
                KEYS,
                "[profile mirror]\n" + lines.replace(';', '\n')
                        + "\n[profile empty]\nregion = x\n[profile circle]\nrole_arn = r\nsource_profile = mirror\n");

        assertThat(failure(open("mirror").keys())).isInstanceOf(NoAwsKeys.class).hasMessageStartingWith(why);
        assertThat(cloud.seen()).isEmpty();
    }

    @Test
    void areNobodyElseWhereTheProfileThatIsNamedIsNotThere() throws IOException {
        files(KEYS, "");
        environment.put("AWS_PROFILE", "gone");
        environment.remove("AWS_EC2_METADATA_DISABLED");
        environment.put("AWS_EC2_METADATA_SERVICE_ENDPOINT", cloud.url().toString());
        machine = Optional.of(TestMachine.with(environment));
        opened = Optional.of(AwsLogin.open(
                new AwsKeysFrom.Chain(), REGION, Optional.empty(), machine.get().machine()));

        assertThat(failure(opened.get().keys())).hasMessageContaining("keys of profile gone in ");
        assertThat(cloud.seen()).isEmpty();
    }

    @Test
    void readACommandAsAShellWouldAndNoFurther() {
        assertThat(CommandLine.words("  a 'b c' \"d \\\"e\\\" \\n\" f\\ g '' $h"))
                .containsExactly("a", "b c", "d \"e\" \\n", "f g", "", "$h");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "a 'b", "a \"b", "a \"b\\\"", "a \\"})
    void refuseACommandThatDoesNotEnd(String command) {
        assertThatThrownBy(() -> CommandLine.words(command)).isInstanceOf(IllegalArgumentException.class);
    }
}
