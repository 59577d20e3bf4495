package io.entrepot.server.bypass;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.TestImage;
import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Who knows a digest of what is held for others, and owns a repository of their own, names it in a manifest there. */
@Timeout(120)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class OthersContentTest {

    private static final String SECRET = "/v2/quay.io/team-a/secret/";
    private static final String BOB = "/v2/docker.io/bob/x/";
    private static final String RIGHTS =
            "access: { htpasswd: \"%s\", rights: [ { repositories: [\"quay.io/team-a/**\"],"
                    + " read: [ { users: [alice] } ] } ] }\n";
    private static final String MALLORY = "/v2/docker.io/mallory/x/";

    private final TestImage secret =
            ImageBuilder.image().seed(1).platform("linux/amd64").layer(70_000).build();

    @TempDir
    private Path dir;

    private PolicyMirror mirror;
    private String alice;

    private void start(String policy) throws Exception {
        byte[] random = new byte[12];
        new SecureRandom().nextBytes(random);
        String password = Base64.getEncoder().encodeToString(random);
        Path users = dir.resolve("users");
        Files.writeString(users, "alice:" + hash(password) + "\n");
        alice = "Authorization: Basic "
                + Base64.getEncoder().encodeToString(("alice:" + password).getBytes(StandardCharsets.UTF_8));
        mirror = PolicyMirror.start(dir, RIGHTS.formatted(users) + policy);
        mirror.registry.push("team-a/secret", "1", secret);
    }

    private static String hash(String password) throws Exception {
        byte[] salt = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
        byte[] hash = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(new PBEKeySpec(password.toCharArray(), salt, 1_000, 256))
                .getEncoded();
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$pbkdf2-sha256$1000$" + base64.encodeToString(salt).replace('+', '.') + "$"
                + base64.encodeToString(hash).replace('+', '.');
    }

    @AfterEach
    void stop() {
        if (mirror != null) {
            mirror.close();
        }
    }

    private static String descriptor(MediaType type, Digest digest, long size) {
        return "{\"mediaType\":\"" + type + "\",\"digest\":\"" + digest + "\",\"size\":" + size + "}";
    }

    private static TestImage index(Digest child, long size) {
        return TestImage.raw(
                MediaType.OCI_INDEX,
                ("{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_INDEX + "\",\"manifests\":["
                                + descriptor(MediaType.OCI_MANIFEST, child, size) + "]}")
                        .getBytes(StandardCharsets.UTF_8));
    }

    private static TestImage image(Digest layer, long size) {
        String config = descriptor(
                MediaType.parse("application/vnd.oci.image.config.v1+json"), Digest.of(new byte[] {'{', '}'}), 2);
        return TestImage.raw(
                MediaType.OCI_MANIFEST,
                ("{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_MANIFEST + "\",\"config\":" + config
                                + ",\"layers\":["
                                + descriptor(
                                        MediaType.parse("application/vnd.oci.image.layer.v1.tar+gzip"), layer, size)
                                + "]}")
                        .getBytes(StandardCharsets.UTF_8));
    }

    private void teamAPullsItsSecret() {
        assertThat(mirror.status(SECRET + "manifests/1", alice)).isEqualTo(200);
        assertThat(mirror.status(SECRET + "blobs/" + secret.layer(0).digest(), alice))
                .isEqualTo(200);
        assertThat(mirror.status(SECRET + "manifests/" + secret.digest())).isEqualTo(401);
    }

    @Test
    void anIndexElsewhereDoesNotGiveTheManifestThatItNames() throws Exception {
        start("");
        teamAPullsItsSecret();
        mirror.registry.push("mallory/x", "1", index(secret.digest(), secret.manifest().length));

        assertThat(mirror.status(MALLORY + "manifests/1")).isEqualTo(200);

        assertThat(mirror.status(MALLORY + "manifests/" + secret.digest())).isEqualTo(404);
        assertThat(mirror.status(MALLORY + "blobs/" + secret.layer(0).digest())).isEqualTo(404);
    }

    @Test
    void anIndexElsewhereDoesNotGiveTheManifestThatItNamesWhereRulesLookAtContent() throws Exception {
        start("policy: { rules: [ { name: small, match: {}, require: { max-size: 1MiB } } ] }");
        teamAPullsItsSecret();
        mirror.registry.push("mallory/x", "1", index(secret.digest(), secret.manifest().length));

        assertThat(mirror.status(MALLORY + "manifests/1")).isEqualTo(200);

        assertThat(mirror.status(MALLORY + "manifests/" + secret.digest())).isEqualTo(404);
        assertThat(mirror.status(MALLORY + "blobs/" + secret.layer(0).digest())).isEqualTo(404);
    }

    @Test
    void aManifestElsewhereDoesNotGiveTheLayerThatItNames() throws Exception {
        start("");
        teamAPullsItsSecret();
        mirror.registry.push(
                "mallory/x",
                "1",
                image(secret.layer(0).digest(), secret.layer(0).size()));

        assertThat(mirror.status(MALLORY + "manifests/1")).isEqualTo(200);

        assertThat(mirror.status(MALLORY + "blobs/" + secret.layer(0).digest())).isEqualTo(404);
    }

    @Test
    void aManifestElsewhereDoesNotGiveTheManifestThatItCallsALayer() throws Exception {
        start("");
        teamAPullsItsSecret();
        mirror.registry.push("mallory/x", "1", image(secret.digest(), secret.manifest().length));

        assertThat(mirror.status(MALLORY + "manifests/1")).isEqualTo(200);

        assertThat(mirror.status(MALLORY + "blobs/" + secret.digest())).isEqualTo(404);
        assertThat(mirror.status(MALLORY + "manifests/" + secret.digest())).isEqualTo(404);
    }

    /** Bob has the layer in a repository of his own: he may have it, and the upstream is asked that once. */
    private TestImage bobsImage() {
        TestImage image = image(secret.layer(0).digest(), secret.layer(0).size());
        mirror.registry.push("bob/x", "1", image);
        mirror.registry.push("bob/x", secret.layer(0));
        return image;
    }

    @Test
    void whoHasTheSameLayerGetsItAndTheUpstreamIsAskedOnce() throws Exception {
        start("");
        teamAPullsItsSecret();
        bobsImage();
        mirror.get(BOB + "manifests/1");
        String layer = BOB + "blobs/" + secret.layer(0).digest();

        for (int i = 0; i < 3; i++) {
            assertThat(mirror.status(layer)).isEqualTo(200);
        }

        assertThat(mirror.registry.count("HEAD", "bob/x/blobs/")).isOne();
        assertThat(mirror.registry.count("GET", "bob/x/blobs/")).isZero();
    }

    @Test
    void whatAManifestNamesIsProvenBehindItsAnswerAndStaysSoInAnOutage() throws Exception {
        start("");
        teamAPullsItsSecret();
        bobsImage();
        String layer = BOB + "blobs/" + secret.layer(0).digest();

        assertThat(mirror.get(BOB + "manifests/1").status()).isEqualTo(200);
        mirror.registry.awaitCount(1, "HEAD", "bob/x/blobs/");
        assertThat(mirror.status(layer)).isEqualTo(200);
        mirror.registry.stop();

        assertThat(mirror.status(layer)).isEqualTo(200);
        mirror.restart(RIGHTS.formatted(dir.resolve("users")));
        assertThat(mirror.status(layer)).isEqualTo(200);
        assertThat(mirror.status(SECRET + "blobs/" + secret.layer(0).digest(), alice))
                .isEqualTo(200);
    }

    @Test
    void whetherSomebodyMayHaveItCannotBeKnownInAnOutage() throws Exception {
        start("");
        teamAPullsItsSecret();
        bobsImage();
        mirror.registry.fault(Fault.STATUS.on("HEAD", "bob/x/blobs/").status(503));
        mirror.get(BOB + "manifests/1");

        assertThat(mirror.status(BOB + "blobs/" + secret.layer(0).digest())).isEqualTo(503);
    }

    @Test
    void whereEverybodyMayReadEverythingNobodyIsAsked() throws Exception {
        mirror = PolicyMirror.start(dir, "");
        mirror.registry.push("team-a/secret", "1", secret);
        mirror.get(SECRET + "manifests/1");
        mirror.get(SECRET + "blobs/" + secret.layer(0).digest());
        bobsImage();
        mirror.get(BOB + "manifests/1");

        assertThat(mirror.status(BOB + "blobs/" + secret.layer(0).digest())).isEqualTo(200);

        assertThat(mirror.registry.count("bob/x/blobs/")).isZero();
    }
}
