package io.entrepot.server.bypass;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import io.entrepot.server.http.Eventually;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Logins that take their time. */
@Timeout(120)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class LoginTest {

    private static final String PULL = "/v2/docker.io/acme/a/manifests/1";
    private static final Pattern TOKEN = Pattern.compile("\"token\" *: *\"([^\"]+)\"");

    @TempDir
    private Path dir;

    private PolicyMirror mirror;

    private void start(int rounds) throws Exception {
        Files.writeString(dir.resolve("users"), "alice:" + hash("wonder", rounds) + "\n");
        Files.writeString(dir.resolve("others"), "bob:" + hash("builder", 1_000) + "\n");
        mirror = PolicyMirror.start(dir, access("users"));
        TestImage image = ImageBuilder.image().seed(1).layer(1_000).build();
        mirror.registry.push("acme/a", "1", image);
    }

    private String access(String file) {
        return "access: { htpasswd: \"" + dir.resolve(file)
                + "\", rights: [ { repositories: [\"docker.io/acme/**\"], read: [ { users: [alice] } ] } ] }";
    }

    private static String hash(String password, int rounds) throws Exception {
        byte[] salt = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
        byte[] hash = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(new PBEKeySpec(password.toCharArray(), salt, rounds, 256))
                .getEncoded();
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$pbkdf2-sha256$" + rounds + "$" + base64.encodeToString(salt).replace('+', '.') + "$"
                + base64.encodeToString(hash).replace('+', '.');
    }

    private static String basic(String user, String password) {
        return "Authorization: Basic "
                + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() {
        if (mirror != null) {
            mirror.close();
        }
    }

    @Test
    void whoLeavesWhileTheirPasswordIsCheckedGetsNoTokenThatIsGood() throws Exception {
        start(500_000);
        CompletableFuture<Response> token = CompletableFuture.supplyAsync(
                () -> mirror.get("/token?scope=repository:docker.io/acme/a:pull", basic("alice", "wonder")));
        // mostly in time; if it is answered by then, what follows holds all the same
        Eventually.until(() -> token.isDone() || mirror.metrics().contains("entrepot_requests_in_flight 1.0"));

        mirror.policy(access("others"));

        Matcher found = TOKEN.matcher(token.join().text());
        assertThat(found.find()).as("what held when they asked").isTrue();
        assertThat(mirror.status(PULL, "Authorization: Bearer " + found.group(1)))
                .isEqualTo(401);
    }

    @Test
    void manyWrongLoginsOfOneClientDoNotKeepOthersOut() throws Exception {
        start(100_000);
        ExecutorService crowd = Executors.newFixedThreadPool(150);
        try {
            List<CompletableFuture<Integer>> wrong = new ArrayList<>();
            for (int i = 0; i < 150; i++) {
                String header = basic("nobody" + i, "x");
                wrong.add(CompletableFuture.supplyAsync(
                        () -> mirror.get(PULL, header).status(), crowd));
            }
            CompletableFuture.anyOf(wrong.toArray(CompletableFuture[]::new)).join();

            assertThat(fromElsewhere(basic("alice", "wonder"))).startsWith("HTTP/1.1 200");
            wrong.forEach(CompletableFuture::join);
        } finally {
            crowd.shutdown();
        }
    }

    private String fromElsewhere(String header) throws Exception {
        try (Socket socket =
                new Socket(InetAddress.getByName("127.0.0.1"), mirror.port(), InetAddress.getByName("127.0.0.2"), 0)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write(("GET " + PULL + " HTTP/1.1\r\nHost: mirror\r\n" + header + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
        }
    }
}
