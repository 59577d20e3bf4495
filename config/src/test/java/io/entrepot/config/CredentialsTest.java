package io.entrepot.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.oci.Glob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every way to log in to an upstream, as it is written. */
class CredentialsTest {

    private static final Secret SECRET = new Secret("s3cret");

    @TempDir
    Path directory;

    private static Credentials read(String entry) {
        try {
            return ConfigLoader.parse("test", "upstreams: { a.b: { " + entry + " } }", Map.of("S", "s3cret"))
                    .upstreams()
                    .values()
                    .iterator()
                    .next()
                    .credentials();
        } catch (ConfigException e) {
            throw new AssertionError(e);
        }
    }

    private static Credentials auth(String auth) {
        return read("shared: true, auth: { " + auth + " }");
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("file"), text);
    }

    @Test
    void fromFilesOfOthers() throws IOException {
        Path file = file("{\"auths\":{}, \"private_key\":\"\"}");

        assertThat(auth("docker-config: \"" + file + "\"")).isEqualTo(new Credentials.DockerConfig(file));
        assertThat(auth("google: { key-file: \"" + file + "\" }")).isEqualTo(new Credentials.GoogleKey(file));
    }

    @Test
    void fromPrograms() {
        assertThat(auth("helper: ecr-login")).isEqualTo(new Credentials.Helper("ecr-login"));
        assertThat(auth("helper: /bin/x")).isEqualTo(new Credentials.Helper("/bin/x"));
        assertThat(auth("exec: [/bin/x, get-credentials]"))
                .isEqualTo(new Credentials.Exec(List.of("/bin/x", "get-credentials")));
    }

    @Test
    void fromGooglesMetadata() {
        assertThat(auth("google: { from: metadata }")).isEqualTo(new Credentials.GoogleMetadata("default"));
        assertThat(auth("google: { from: metadata, account: a@b.iam.gserviceaccount.com }"))
                .isEqualTo(new Credentials.GoogleMetadata("a@b.iam.gserviceaccount.com"));
    }

    @Test
    void fromKeysOfAws() {
        assertThat(aws("from: chain")).isEqualTo(new AwsKeysFrom.Chain());
        assertThat(aws("from: environment")).isEqualTo(new AwsKeysFrom.Environment());
        assertThat(aws("from: file")).isEqualTo(new AwsKeysFrom.SharedFile(Optional.empty(), Optional.empty()));
        assertThat(aws("from: web-identity"))
                .isEqualTo(new AwsKeysFrom.WebIdentity(Optional.empty(), Optional.empty()));
        assertThat(aws("from: container")).isEqualTo(new AwsKeysFrom.Container());
        assertThat(aws("from: instance")).isEqualTo(new AwsKeysFrom.Instance());
        assertThat(aws("access-key-id: A, secret-access-key: \"${env:S}\", session-token: \"${env:S}\""))
                .isEqualTo(new AwsKeysFrom.Given("A", SECRET, Optional.of(SECRET)));
        assertThat(aws("profile: p, credentials-file: /f"))
                .isEqualTo(new AwsKeysFrom.SharedFile(Optional.of(Path.of("/f")), Optional.of("p")));
        assertThat(aws("role-arn: \"arn:aws:iam::123456789012:role/r\", web-identity-token-file: /t"))
                .isEqualTo(new AwsKeysFrom.WebIdentity(
                        Optional.of("arn:aws:iam::123456789012:role/r"), Optional.of(Path.of("/t"))));
        assertThat(auth("aws: { from: chain, region: eu-central-1 }"))
                .isEqualTo(new Credentials.Ecr(Optional.of("eu-central-1"), new AwsKeysFrom.Chain()));
    }

    private static AwsKeysFrom aws(String keys) {
        return ((Credentials.Ecr) auth("aws: { " + keys + " }")).keys();
    }

    @Test
    void fromEntraId() {
        assertThat(azure("from: workload-identity"))
                .isEqualTo(new AzureIdentity.Workload(Optional.empty(), Optional.empty(), Optional.empty()));
        assertThat(azure("from: workload-identity, tenant: t, client-id: c, token-file: /t"))
                .isEqualTo(new AzureIdentity.Workload(Optional.of("t"), Optional.of("c"), Optional.of(Path.of("/t"))));
        assertThat(azure("from: managed-identity, client-id: c"))
                .isEqualTo(new AzureIdentity.Managed(Optional.of("c")));
        assertThat(azure("tenant: t, client-id: c, client-secret: \"${env:S}\""))
                .isEqualTo(new AzureIdentity.ClientSecret("t", "c", SECRET));
    }

    private static AzureIdentity azure(String identity) {
        return ((Credentials.Azure) auth("azure: { " + identity + " }")).identity();
    }

    @Test
    void ofSomeRepositories() {
        Credentials read = read("shared: true, auth: { identity-token: \"${env:S}\" }, credentials: ["
                + " { repositories: [\"x/**\", y], auth: { username: u, password: \"${env:S}\" } },"
                + " { repositories: [z] } ]");

        assertThat(read)
                .isEqualTo(new Credentials.ByRepository(
                        List.of(
                                new Credentials.Choice(
                                        List.of(new Glob("x/**"), new Glob("y")), new Credentials.Basic("u", SECRET)),
                                new Credentials.Choice(List.of(new Glob("z")), new Credentials.Anonymous())),
                        new Credentials.IdentityToken(SECRET)));
        assertThat(read.of("x/a/b").account()).isEqualTo("u");
        assertThat(read.of("z").account()).isEmpty();
        assertThat(read.of("other").account()).isEqualTo("identity token");
    }

    @Test
    void rememberTheFileOfASecret() throws Exception {
        Path file = file("s3cret\n");

        assertThat(auth("identity-token: \"${file:" + file + "}\""))
                .isInstanceOfSatisfying(
                        Credentials.IdentityToken.class,
                        identity -> assertThat(identity.token().file()).contains(file));
    }

    @Test
    void mayBeThoseOfTheCaller() {
        Credentials callers = new Credentials.PassThrough(Duration.ofMinutes(15), Duration.ofHours(1));
        assertThat(read("auth: pass-through")).isEqualTo(callers);
        assertThat(callers.passThrough()).isTrue();
        assertThat(callers.account()).isEqualTo("pass-through");

        Credentials some = read("credentials: [{ repositories: [\"acme/**\"], auth: pass-through }],"
                + " caller-rights: { fresh: 1m, stale: 0s }");
        assertThat(some.of("acme/app")).isEqualTo(new Credentials.PassThrough(Duration.ofMinutes(1), Duration.ZERO));
        assertThat(some.of("other")).isEqualTo(new Credentials.Anonymous());
        assertThat(some.passThrough()).isTrue();
    }

    @Test
    void areNeverPrinted() {
        assertThat(auth("aws: { access-key-id: A, secret-access-key: \"${env:S}\" }")
                        .toString())
                .doesNotContain("s3cret");
        assertThat(auth("azure: { tenant: t, client-id: c, client-secret: \"${env:S}\" }")
                        .toString())
                .doesNotContain("s3cret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "auth: { helper: a, exec: [/b] }, shared: true | auth: several logins (expected: one of username,"
                        + " identity-token, docker-config, helper, exec, google, aws, azure)",
                "auth: { helper: a } | auth: what our login can read is not everybody's"
                        + " (expected: shared: true if it is, or clients: with the networks that may read it)",
                "credentials: [{ repositories: [x] }] | credentials: what our login can read is not everybody's"
                        + " (expected: shared: true if it is, or clients: with the networks that may read it)",
                "credentials: [{ auth: { helper: a } }], shared: true | credentials[0].repositories: none"
                        + " (expected: patterns of repositories, as in [\"acme/**\"])",
                "auth: pass-trough | auth: pass-trough (expected: pass-through, or a mapping of keys)",
                "auth: pass-through, offline: true | auth: the rights of callers are shown by the upstream, which is"
                        + " offline (expected: another login, or none)",
                "auth: pass-through, caller-rights: { fresh: 8d } | caller-rights.fresh: 8d (expected: at most 7d)",
                "caller-rights: { fresh: 1m } | caller-rights: nothing is passed through"
                        + " (expected: auth: pass-through beside it)",
                "endpoints: [{ url: \"https://c.d\", auth: pass-through }] | endpoints[0].auth: what a caller brings is for"
                        + " one place alone (expected: pass-through in an upstream without endpoints)",
                "credentials: [{ repositories: [x], auth: pass-through }], auth: { helper: a } | credentials: what our login"
                        + " can read is not everybody's (expected: shared: true if it is, or clients: with the networks"
                        + " that may read it)",
                "auth: { helper: \"a b\" }, shared: true | auth.helper: a b"
                        + " (expected: NAME for docker-credential-NAME, or the whole path of a program)",
                "auth: { exec: [x] }, shared: true | auth.exec: x"
                        + " (expected: the whole path of a program, then its arguments)",
                "auth: { docker-config: /no/where }, shared: true | auth.docker-config: /no/where cannot be read: it does"
                        + " not exist",
                "auth: { google: { from: here } }, shared: true | auth.google.from: here (expected: metadata)",
                "auth: { aws: { from: here } }, shared: true | auth.aws.from: here"
                        + " (expected: chain, environment, file, web-identity, container or instance)",
                "auth: { aws: { access-key-id: A } }, shared: true | auth.aws.access-key-id: stands alone"
                        + " (expected: access-key-id and secret-access-key)",
                "auth: { aws: { from: chain, profile: p } }, shared: true | auth.aws: names several places where keys are"
                        + " (expected: one of from, access-key-id, credentials-file or profile, role-arn)",
                "auth: { aws: { from: chain, region: here } }, shared: true | auth.aws.region: here"
                        + " (expected: a region, as in eu-central-1)",
                "auth: { azure: { tenant: t } }, shared: true | auth.azure: says not how"
                        + " (expected: from: workload-identity, from: managed-identity, or client-secret)",
                "auth: { azure: { client-secret: \"${env:S}\" } }, shared: true | auth.azure.client-secret: stands alone"
                        + " (expected: tenant, client-id and client-secret)",
            })
    void saysWhatIsWrong(String entry, String problem) {
        assertThatThrownBy(() ->
                        ConfigLoader.parse("test", "upstreams: { a.b: { " + entry + " } }", Map.of("S", "s3cret")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("1: upstreams.a.b." + problem);
    }

    @Test
    void areNothingForAPatternThatAClientCanFill() {
        assertThatThrownBy(() -> ConfigLoader.parse(
                        "test",
                        "upstreams: { \"reg.*\": { shared: true, credentials: [{ repositories: [x], auth: { helper: a } }] } }",
                        Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("credentials: only where the pattern ends in a domain");
    }
}
