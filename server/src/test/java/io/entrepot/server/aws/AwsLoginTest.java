package io.entrepot.server.aws;

import static io.entrepot.server.TestMachine.await;
import static io.entrepot.server.TestMachine.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.entrepot.config.AwsKeysFrom;
import io.entrepot.config.Secret;
import io.entrepot.loadtest.FakeCloud;
import io.entrepot.loadtest.Seen;
import io.entrepot.server.LeakCheck;
import io.entrepot.server.TestMachine;
import io.entrepot.server.net.NetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakCheck.class)
class AwsLoginTest {

    private static final AwsRegion REGION = new AwsRegion("eu-central-1");
    private static final AwsKeysFrom CHAIN = new AwsKeysFrom.Chain();
    private static final String ROLE = "arn:aws:iam::123456789012:role/mirror";

    private final FakeCloud cloud = FakeCloud.start();
    private final Map<String, String> environment = new HashMap<>();
    private Optional<TestMachine> machine = Optional.empty();
    private Optional<AwsLogin> opened = Optional.empty();

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        opened.ifPresent(AwsLogin::close);
        machine.ifPresent(TestMachine::close);
        cloud.close();
    }

    private AwsLogin open(AwsKeysFrom from) {
        machine = Optional.of(TestMachine.with(environment));
        opened = Optional.of(
                AwsLogin.open(from, REGION, Optional.empty(), machine.get().machine()));
        return opened.get();
    }

    private void pass(Duration time) {
        machine.orElseThrow().pass(time);
    }

    @Test
    void hasKeysThatAreGiven() {
        AwsLogin login = open(new AwsKeysFrom.Given("AKIA1", new Secret("s"), Optional.empty()));

        assertThat(await(login.keys())).isEqualTo(new AwsKeys("AKIA1", new Secret("s"), Optional.empty()));
    }

    @Test
    void hasKeysOfTheEnvironment() {
        environment.put("AWS_ACCESS_KEY_ID", "AKIA2");
        environment.put("AWS_SECRET_ACCESS_KEY", "s");
        environment.put("AWS_SESSION_TOKEN", "t");

        assertThat(await(open(CHAIN).keys()))
                .isEqualTo(new AwsKeys("AKIA2", new Secret("s"), Optional.of(new Secret("t"))));
    }

    @Test
    void saysWhatItExpectedInAnEmptyEnvironment() {
        assertThat(failure(open(new AwsKeysFrom.Environment()).keys()))
                .isInstanceOf(NoAwsKeys.class)
                .hasMessage("no AWS keys (expected: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)");
    }

    @Test
    void hasKeysOfAProfileInASharedFile() throws IOException {
        Path file = Files.writeString(directory.resolve("credentials"), """
                [default]
                aws_access_key_id = AKIA0
                aws_secret_access_key = other

                # ours
                [mirror]
                aws_access_key_id=AKIA3
                aws_secret_access_key = a=b/c+d
                """);

        AwsLogin login = open(new AwsKeysFrom.SharedFile(Optional.of(file), Optional.of("mirror")));

        assertThat(await(login.keys())).isEqualTo(new AwsKeys("AKIA3", new Secret("a=b/c+d"), Optional.empty()));
    }

    @Test
    void seesWhenASharedFileChanges() throws IOException {
        Path file = directory.resolve("credentials");
        String text = "[default]\naws_access_key_id = %s\naws_secret_access_key = s\n";
        Files.writeString(file, text.formatted("AKIA4"));
        environment.put("AWS_SHARED_CREDENTIALS_FILE", file.toString());
        AwsLogin login = open(CHAIN);
        assertThat(await(login.keys()).id()).isEqualTo("AKIA4");

        Files.writeString(file, text.formatted("AKIA5"));
        pass(Duration.ofSeconds(5));

        assertThat(await(login.keys()).id()).isEqualTo("AKIA5");
    }

    @Test
    void findsTheSharedFileOfTheHomeAndGoesOnWithoutOne() throws IOException {
        environment.put("HOME", directory.toString());
        environment.put("AWS_EC2_METADATA_DISABLED", "true");
        AwsLogin login = open(CHAIN);
        assertThat(failure(login.keys())).isInstanceOf(NoAwsKeys.class).hasMessageContaining("a role of the instance");

        Files.createDirectory(directory.resolve(".aws"));
        Files.writeString(
                directory.resolve(".aws/credentials"),
                "[default]\naws_access_key_id = AKIA6\naws_secret_access_key = s\n");
        pass(Duration.ofSeconds(2));

        assertThat(await(login.keys()).id()).isEqualTo("AKIA6");
    }

    @Test
    void aSharedFileThatIsNamedMustBeThere() {
        environment.put("AWS_SHARED_CREDENTIALS_FILE", directory.resolve("none").toString());
        environment.put("AWS_EC2_METADATA_SERVICE_ENDPOINT", cloud.url().toString());

        assertThat(failure(open(CHAIN).keys())).hasMessageEndingWith("none cannot be read: no such file");
        assertThat(cloud.seen()).isEmpty();
    }

    @Test
    void hasKeysOfTheInstanceBySessionTokens() {
        environment.put("AWS_EC2_METADATA_SERVICE_ENDPOINT", cloud.url().toString());

        assertThat(await(open(CHAIN).keys()))
                .isEqualTo(
                        new AwsKeys("ASIA1", new Secret("secret-of-ASIA1"), Optional.of(new Secret("token-of-ASIA1"))));
        assertThat(cloud.seen())
                .extracting(Seen::method, Seen::path)
                .containsExactly(
                        tuple("PUT", "/latest/api/token"),
                        tuple("GET", "/latest/meta-data/iam/security-credentials/"),
                        tuple("GET", "/latest/meta-data/iam/security-credentials/mirror-role"));
    }

    @Test
    void renewsKeysBeforeTheyEnd() {
        environment.put("AWS_EC2_METADATA_SERVICE_ENDPOINT", cloud.url().toString());
        cloud.lifetime(Duration.ofHours(2));
        AwsLogin login = open(new AwsKeysFrom.Instance());
        assertThat(await(login.keys()).id()).isEqualTo("ASIA1");

        pass(Duration.ofMinutes(89));
        assertThat(await(login.keys()).id()).isEqualTo("ASIA1");
        pass(Duration.ofMinutes(30));

        assertThat(await(login.keys()).id()).isEqualTo("ASIA2");
    }

    @Test
    void takesKeysWhoseEndIsPastForAMinuteWhileTheirServiceIsIll() {
        environment.put("AWS_EC2_METADATA_SERVICE_ENDPOINT", cloud.url().toString());
        cloud.lifetime(Duration.ofHours(-1));
        AwsLogin login = open(new AwsKeysFrom.Instance());
        assertThat(await(login.keys()).id()).isEqualTo("ASIA1");

        cloud.lifetime(Duration.ofHours(6));
        pass(Duration.ofMinutes(1));

        assertThat(await(login.keys()).id()).isEqualTo("ASIA2");
    }

    @Test
    void saysThatAnInstanceHasNoRole() {
        environment.put("AWS_EC2_METADATA_SERVICE_ENDPOINT", cloud.url().toString());
        cloud.amazon().role("");

        assertThat(failure(open(new AwsKeysFrom.Instance()).keys()))
                .hasMessage("the metadata service of the instance answered 404 without the name of a role"
                        + " (expected: 200 with it)");
    }

    @Test
    void doesNotAskForTheMetadataThatAreDisabled() {
        environment.put("AWS_EC2_METADATA_SERVICE_ENDPOINT", cloud.url().toString());
        environment.put("AWS_EC2_METADATA_DISABLED", "true");

        assertThat(failure(open(CHAIN).keys())).isInstanceOf(NoAwsKeys.class);
        assertThat(cloud.seen()).isEmpty();
    }

    @Test
    void hasKeysOfAContainerWithTheTokenThatItsFileHasNow() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "pod-1\n");
        environment.put(
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                cloud.url("/v1/credentials").toString());
        environment.put("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token.toString());
        cloud.amazon().containerToken("pod-1");
        AwsLogin login = open(CHAIN);
        assertThat(await(login.keys()).id()).isEqualTo("ASIA1");

        Files.writeString(token, "pod-2\n");
        cloud.amazon().containerToken("pod-2");
        pass(Duration.ofHours(6));

        assertThat(await(login.keys()).id()).isEqualTo("ASIA2");
    }

    @Test
    void saysThatAContainerWasRefused() {
        environment.put(
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                cloud.url("/v1/credentials").toString());
        environment.put("AWS_CONTAINER_AUTHORIZATION_TOKEN", "wrong");
        cloud.amazon().containerToken("right");

        assertThat(failure(open(CHAIN).keys()))
                .hasMessage("the container's endpoint 127.0.0.1 answered 401 (expected: 200 with keys)");
    }

    @Test
    void goesToNoContainersEndpointElsewhere() {
        environment.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://198.51.100.7/v1/credentials");

        assertThatThrownBy(() -> open(CHAIN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("host 198.51.100.7 (expected: ");
    }

    @Test
    void assumesARoleWithTheTokenThatItsFileHasNow() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "web-1");
        environment.put("AWS_ROLE_ARN", ROLE);
        environment.put("AWS_WEB_IDENTITY_TOKEN_FILE", token.toString());
        environment.put("AWS_ENDPOINT_URL_STS", cloud.url("/sts").toString());
        cloud.amazon().webToken("web-1");
        AwsLogin login = open(CHAIN);
        assertThat(await(login.keys()))
                .isEqualTo(
                        new AwsKeys("ASIA1", new Secret("secret-of-ASIA1"), Optional.of(new Secret("token-of-ASIA1"))));

        Files.writeString(token, "web-2");
        cloud.amazon().webToken("web-2");
        pass(Duration.ofHours(6));

        assertThat(await(login.keys()).id()).isEqualTo("ASIA2");
    }

    @Test
    void saysByWhichCodeARoleWasRefusedAndNothingElseOfTheAnswer() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "web-secret");
        environment.put("AWS_ENDPOINT_URL_STS", cloud.url("/sts").toString());

        AwsLogin login = open(new AwsKeysFrom.WebIdentity(Optional.of(ROLE), Optional.of(token)));

        assertThat(failure(login.keys()))
                .hasMessage("the token service (STS) answered 400 InvalidIdentityToken (expected: 200)");
    }

    @Test
    void remembersARefusalForSecondsOnly() {
        environment.put("AWS_EC2_METADATA_SERVICE_ENDPOINT", cloud.url().toString());
        cloud.refuse("/latest/api/token", 403);
        AwsLogin login = open(new AwsKeysFrom.Instance());
        failure(login.keys());
        failure(login.keys());
        assertThat(cloud.count("/latest/api/token")).isEqualTo(1);

        cloud.recover();
        pass(Duration.ofSeconds(2));

        assertThat(await(login.keys()).id()).isEqualTo("ASIA1");
    }

    @Test
    void fetchesOthersOnceAServiceRefusedThem() {
        environment.put("AWS_EC2_METADATA_SERVICE_ENDPOINT", cloud.url().toString());
        AwsLogin login = open(new AwsKeysFrom.Instance());
        AwsKeys first = await(login.keys());
        pass(Duration.ofSeconds(2));

        login.refused(first);

        assertThat(await(login.keys()).id()).isEqualTo("ASIA2");
    }

    @Test
    void namesWhoCannotBeReached() {
        environment.put("AWS_EC2_METADATA_SERVICE_ENDPOINT", cloud.url().toString());
        cloud.close();

        assertThat(failure(open(new AwsKeysFrom.Instance()).keys())).isInstanceOf(NetException.class);
    }
}
