package io.entrepot.server.bypass;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.Await;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A token is good for what it was given for, and for no longer. */
@Timeout(120)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class TokenTest {

    private static final String HUB = "/v2/docker.io/";
    private static final Pattern TOKEN = Pattern.compile("\"token\" *: *\"([^\"]+)\"");

    private final TestImage image = ImageBuilder.image().seed(1).layer(1_000).build();

    @TempDir
    private Path dir;

    private PolicyMirror mirror;
    private Path users;

    @BeforeEach
    void start() throws Exception {
        users = dir.resolve("users");
        Files.writeString(users, "alice:" + hash("secret") + "\n");
        mirror = PolicyMirror.start(dir, access());
        mirror.registry.push("acme/a", "1", image);
        mirror.registry.push("acme/b", "1", image);
    }

    private String access() {
        return "access: { htpasswd: \"" + users
                + "\", rights: [ { repositories: [\"docker.io/acme/**\"], read: [ { users: [alice] } ] } ] }";
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

    private static String basic(String user, String password) {
        return "Authorization: Basic "
                + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static String bearer(Response given) {
        Matcher token = TOKEN.matcher(given.text());
        assertThat(token.find()).as("%s", given.text()).isTrue();
        return "Authorization: Bearer " + token.group(1);
    }

    private Response token(String repository, String header) {
        return mirror.get("/token?scope=repository:" + repository + ":pull", header);
    }

    @AfterEach
    void stop() {
        mirror.close();
    }

    @Test
    void aTokenIsNotExchangedForAnother() {
        String forA = bearer(token("docker.io/acme/a", basic("alice", "secret")));
        assertThat(mirror.status(HUB + "acme/a/manifests/1", forA)).isEqualTo(200);
        assertThat(mirror.status(HUB + "acme/b/manifests/1", forA)).isEqualTo(401);

        Response forB = token("docker.io/acme/b", forA);
        Response again = token("docker.io/acme/a", forA);

        assertThat(forB.status()).isEqualTo(401);
        assertThat(again.status()).isEqualTo(401);
    }

    @Test
    void whoLeavesTheFileIsNobodyAlsoAfterAReloadThatWasRefused() throws Exception {
        String alice = basic("alice", "secret");
        assertThat(mirror.status(HUB + "acme/a/manifests/1", alice)).isEqualTo(200);
        Path pins = mirror.file("pins.yaml", "nothing: [\n");
        mirror.refused(access() + "\npolicy: { default: allow, pins: { file: \"" + pins + "\" } }");

        Files.writeString(users, "bob:" + hash("other secret") + "\n");

        Await.until(
                "it is noticed",
                () -> mirror.get(HUB + "acme/a/manifests/1", alice).status() != 200);
        assertThat(mirror.status(HUB + "acme/a/manifests/1", alice)).isEqualTo(401);
    }

    @Test
    void aDigestThatIsDeniedLaterIsAlsoAfterAReloadThatWasRefused() throws Exception {
        Path denied = mirror.file("denied", "# none\n");
        String policy = "policy: { default: allow, deny-digests: [\"" + denied + "\"] }";
        mirror.policy(policy);
        assertThat(mirror.status(HUB + "library/x/manifests/1")).isEqualTo(404);
        mirror.registry.push("library/x", "2", image);
        assertThat(mirror.status(HUB + "library/x/manifests/2")).isEqualTo(200);
        Path pins = mirror.file("pins.yaml", "nothing: [\n");
        mirror.refused("policy: { default: allow, pins: { file: \"" + pins + "\" } }");

        mirror.file("denied", image.digest() + "\n");

        Await.until(
                "it is noticed", () -> mirror.get(HUB + "library/x/manifests/2").status() != 200);
        assertThat(mirror.status(HUB + "library/x/manifests/2")).isEqualTo(403);
    }
}
