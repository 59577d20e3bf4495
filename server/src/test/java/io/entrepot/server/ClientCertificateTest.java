package io.entrepot.server;

import static io.entrepot.server.access.MadeCertificates.dns;
import static io.entrepot.server.access.MadeCertificates.email;
import static io.entrepot.server.access.MadeCertificates.uri;
import static io.entrepot.server.access.MadeCertificates.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.oci.Digest;
import io.entrepot.server.access.MadeCertificates;
import io.entrepot.server.access.MadeCertificates.Made;
import io.entrepot.server.http.Eventually;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.SSLException;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client certificate says who somebody is; who has none is somebody unknown. */
@Timeout(120)
@ExtendWith(BlockHoundSetup.class)
class ClientCertificateTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Pattern TOKEN = Pattern.compile("\"token\" *: *\"([^\"]+)\"");

    @TempDir
    private Path root;

    private final FakeRegistry registry = FakeRegistry.start();
    private MadeCertificates authority;
    private TestConfig config;
    private Mirror mirror;

    @BeforeEach
    void start() throws Exception {
        authority = new MadeCertificates("clients");
        Made server = new MadeCertificates("servers").issue(HOUR, dns("localhost"));
        write(root.resolve("server.pem"), server.certificate());
        write(root.resolve("server.key"), server.pair());
        write(root.resolve("other.key"), authority.issue(HOUR).pair());
        write(root.resolve("clients.pem"), authority.authority());
        registry.push("team-a/app", "1", ImageBuilder.image().seed(1).build());
        registry.push("library/open", "1", ImageBuilder.image().seed(1).build());
        config = TestConfig.under(root);
        configure(text("spiffe://corp/node/*"));
        mirror = config.start();
    }

    private void configure(String text) throws IOException {
        config.write(text);
        String tls = "port: 0, tls: { certificate: \"%s/server.pem\", key: \"%s/server.key\" } }\nadmin";
        Files.writeString(
                config.file(), Files.readString(config.file()).replace("port: 0 }\nadmin", tls.formatted(root, root)));
    }

    private String text(String user) {
        return """
                upstreams: { docker.io: { url: "%s", internal: true } }
                access:
                  client-ca: "%s/clients.pem"
                  rights: [{ repositories: ["docker.io/team-a/*"], read: [{ users: ["%s"] }] }]
                """.formatted(registry.url(), root, user);
    }

    @AfterEach
    void stop() {
        if (mirror != null) {
            mirror.close();
        }
        registry.close();
    }

    @ParameterizedTest
    @CsvSource({"uri, spiffe://corp/node/1", "dns, node-1.corp", "email, node@corp.example"})
    void theNameIsInTheCertificate(String kind, String name) throws Exception {
        configure(text(name));
        reload();
        GeneralName san = kind.equals("uri") ? uri(name) : kind.equals("dns") ? dns(name) : email(name);

        assertThat(status("team-a/app", authority.issue(HOUR, san))).isEqualTo(200);
        assertThat(status("team-a/app", authority.issue(HOUR, dns("other.corp"))))
                .isEqualTo(404);
    }

    @Test
    void aUriComesBeforeOtherNames() throws Exception {
        Made both = authority.issue(HOUR, dns("x.corp"), email("x@corp"), uri("spiffe://corp/node/7"));

        assertThat(status("team-a/app", both)).isEqualTo(200);
    }

    @Test
    void whoHasNoneIsUnknown() throws Exception {
        assertThat(status("library/open", null)).isEqualTo(200);
        assertThat(status("team-a/app", null)).isEqualTo(404);
    }

    @Test
    void oneWithoutANameIsRefused() throws Exception {
        assertThat(status("library/open", authority.issue(HOUR))).isEqualTo(403);
    }

    @Test
    void oneOfAnotherAuthorityIsNotLetIn() throws Exception {
        Made foreign = new MadeCertificates("clients").issue(HOUR, uri("spiffe://corp/node/1"));

        assertThatThrownBy(() -> status("library/open", foreign)).isInstanceOf(IOException.class);
    }

    @Test
    void oneThatIsOverIsNotLetIn() throws Exception {
        Made old = authority.issue(Duration.ofHours(-1), uri("spiffe://corp/node/1"));

        assertThatThrownBy(() -> status("library/open", old)).isInstanceOf(IOException.class);
    }

    @Test
    void anotherAuthorityHoldsFromAReloadOn() throws Exception {
        MadeCertificates next = new MadeCertificates("clients");
        Made made = next.issue(HOUR, uri("spiffe://corp/node/1"));
        write(root.resolve("next.pem"), next.authority());
        configure(text("spiffe://corp/node/*").replace("clients.pem", "next.pem"));
        reload();

        assertThat(status("team-a/app", made)).isEqualTo(200);
        Made before = authority.issue(HOUR, uri("spiffe://corp/node/1"));
        assertThatThrownBy(() -> status("team-a/app", before)).isInstanceOf(IOException.class);
    }

    @Test
    void aConnectionThatIsOpenDoesNotOutliveItsAuthority() throws Exception {
        Made made = authority.issue(HOUR, uri("spiffe://corp/node/1"));
        try (Socket socket =
                MadeCertificates.client(made).getSocketFactory().createSocket("127.0.0.1", mirror.port())) {
            socket.setSoTimeout(60_000);
            assertThat(head(socket)).startsWith("HTTP/1.1 200");
            write(root.resolve("next.pem"), new MadeCertificates("clients").authority());
            configure(text("spiffe://corp/node/*").replace("clients.pem", "next.pem"));
            reload();

            assertThat(head(socket)).startsWith("HTTP/1.1 403").contains("client-ca");
            assertThat(head(socket)).isEmpty();
        }
    }

    @Test
    void aConnectionThatIsOpenEndsWithTheNextAnswerIfItsAuthorityStays() throws Exception {
        Made made = authority.issue(HOUR, uri("spiffe://corp/node/1"));
        try (Socket socket =
                MadeCertificates.client(made).getSocketFactory().createSocket("127.0.0.1", mirror.port())) {
            socket.setSoTimeout(60_000);
            assertThat(head(socket)).startsWith("HTTP/1.1 200");
            write(root.resolve("next.pem"), new MadeCertificates("clients").authority());
            Files.writeString(
                    root.resolve("next.pem"),
                    Files.readString(root.resolve("next.pem")) + Files.readString(root.resolve("clients.pem")));
            configure(text("spiffe://corp/node/*").replace("clients.pem", "next.pem"));
            reload();

            assertThat(head(socket)).startsWith("HTTP/1.1 200").contains("Connection: close");
            assertThat(head(socket)).isEmpty();
        }
    }

    @Test
    void aTokenDoesNotOutliveTheAuthorityOfItsOwner() throws Exception {
        Path users = Files.writeString(root.resolve("users"), "alice:" + hash("wonder") + "\n");
        configure(text("spiffe://corp/node/*").replace("access:\n", "access:\n  htpasswd: \"" + users + "\"\n"));
        reload();
        String token = Asking.bearer(token(authority.issue(HOUR, uri("spiffe://corp/node/1"))));
        assertThat(told("team-a/app", token)).isEqualTo(200);

        write(root.resolve("clients.pem"), new MadeCertificates("clients").authority());

        Eventually.until(() -> told("team-a/app", token) == 401);
    }

    private String token(Made client) throws Exception {
        try (Socket socket =
                MadeCertificates.client(client).getSocketFactory().createSocket("127.0.0.1", mirror.port())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write(("GET /token?scope=repository:docker.io/team-a/app:pull HTTP/1.1\r\nHost: m\r\n"
                                    + "Connection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            Matcher found = TOKEN.matcher(answer);
            assertThat(found.find()).as(answer).isTrue();
            return found.group(1);
        }
    }

    @Test
    void aReloadThatIsRefusedForItsKeyChangesNothingOfWhatIsFollowed() throws Exception {
        Path denied = Files.writeString(root.resolve("denied"), "# none\n");
        Path others = Files.writeString(root.resolve("others"), "# none\n");
        Digest digest = ImageBuilder.image().seed(1).build().digest();
        configure(text("x") + "policy: { default: allow, deny-digests: [\"" + denied + "\"] }\n");
        reload();
        configure(text("x") + "policy: { default: allow, deny-digests: [\"" + others + "\"] }\n");
        Files.writeString(config.file(), Files.readString(config.file()).replace("server.key", "other.key"));
        refused();

        Files.writeString(denied, digest + "\n");

        Eventually.until(() -> told("library/open") == 403);
    }

    @Test
    void whoLeavesTheFileIsNobodyAlsoAfterAReloadThatIsRefusedForItsKey() throws Exception {
        Path users = Files.writeString(root.resolve("users"), "alice:" + hash("wonder") + "\n");
        configure(text("alice").replace("access:\n", "access:\n  htpasswd: \"" + users + "\"\n"));
        reload();
        String login = Asking.basic("alice", "wonder");
        assertThat(told("team-a/app", login)).isEqualTo(200);
        Files.writeString(config.file(), Files.readString(config.file()).replace("server.key", "other.key"));
        refused();

        Files.writeString(users, "bob:" + hash("builder") + "\n");

        Eventually.until(() -> told("team-a/app", login) == 401);
    }

    private void refused() throws Exception {
        assertThat(mirror.reload().get(60, TimeUnit.SECONDS).problems()).isNotEmpty();
    }

    /** The status for somebody without a certificate. */
    private int told(String repository, String... headers) {
        try {
            return status(repository, null, headers);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
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

    /** The head of the answer to a HEAD; empty if the connection is closed. */
    private static String head(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        try {
            socket.getOutputStream()
                    .write(("HEAD /v2/docker.io/team-a/app/manifests/1 HTTP/1.1\r\nHost: m\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            while (head.indexOf("\r\n\r\n") < 0) {
                int c = in.read();
                if (c < 0) {
                    return head.toString();
                }
                head.append((char) c);
            }
        } catch (SocketException | SSLException e) {
            return "";
        }
        return head.toString();
    }

    @Test
    void withoutTlsThereIsNobodyToAsk() throws Exception {
        mirror.close();
        config.write(text("x"));

        assertThatThrownBy(config::start)
                .isInstanceOf(StartException.class)
                .hasMessageContaining("access.client-ca asks for certificates of clients, and there is no TLS");
    }

    private void reload() throws Exception {
        assertThat(mirror.reload().get(60, TimeUnit.SECONDS).problems()).isEmpty();
    }

    private int status(String repository, Made client, String... headers) throws Exception {
        try (Socket socket =
                MadeCertificates.client(client).getSocketFactory().createSocket("127.0.0.1", mirror.port())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write(("GET /v2/docker.io/" + repository + "/manifests/1 HTTP/1.1\r\nHost: m\r\n"
                                    + Stream.of(headers)
                                            .map(each -> each + "\r\n")
                                            .collect(Collectors.joining()) + "\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            byte[] line = in.readNBytes("HTTP/1.1 200".length());
            if (line.length < 12) {
                throw new IOException("closed");
            }
            return Integer.parseInt(new String(line, 9, 3, StandardCharsets.US_ASCII));
        }
    }
}
