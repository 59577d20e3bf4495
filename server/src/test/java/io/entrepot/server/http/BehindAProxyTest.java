package io.entrepot.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.MirrorConfig.Limits;
import io.entrepot.config.Network;
import io.entrepot.server.tls.ServerTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who a client is, where a balancer stands between; here 127.0.0.1 is one that is trusted, 127.0.0.2 is anybody. */
class BehindAProxyTest {

    private static final String TRUSTED = "127.0.0.1";
    private static final String V1 = "PROXY TCP4 203.0.113.7 10.0.0.1 56324 443\r\n";
    private static final String PING = "GET /v2/ HTTP/1.1\r\nHost: m\r\n\r\n";

    @Test
    void isWhoTheProxysFirstLineNames() {
        try (TestMirror mirror = mirror(Configs.LIMITS);
                RawClient client = mirror.client()) {
            assertThat(client.send(V1 + PING).read(false).status()).isEqualTo(200);

            assertThat(from(mirror)).isEqualTo("203.0.113.7 via 127.0.0.1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ProxyHeaderTest.TCP4, ProxyHeaderTest.TCP6})
    void isWhoTheProxysBinaryHeaderNames(String hex) {
        try (TestMirror mirror = mirror(Configs.LIMITS);
                RawClient client = mirror.client()) {
            assertThat(client.send(latin(hex) + PING).read(false).status()).isEqualTo(200);

            assertThat(from(mirror)).matches("(203.0.113.7|2001:db8:0:0:0:0:0:1) via 127.0.0.1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "PROXY UNKNOWN\r\n"})
    void isTheConnectionsOwnWhereNothingIsSaid(String header) {
        try (TestMirror mirror = mirror(Configs.LIMITS);
                RawClient client = mirror.client()) {
            assertThat(client.send(header + PING).read(false).status()).isEqualTo(200);

            assertThat(from(mirror)).isEqualTo("127.0.0.1");
        }
    }

    @Test
    void isTheSameWhereverTheBytesAreCut() {
        try (TestMirror mirror = mirror(Configs.LIMITS)) {
            for (String header : List.of(V1, latin(ProxyHeaderTest.TCP4))) {
                for (int cut = 1; cut < header.length() + 3; cut++) {
                    try (RawClient client = mirror.client()) {
                        client.send((header + PING).substring(0, cut));
                        mirror.afterMillis(1);
                        client.send((header + PING).substring(cut)).read(false);

                        assertThat(from(mirror)).as("cut at %d", cut).isEqualTo("203.0.113.7 via 127.0.0.1");
                    }
                }
            }
        }
    }

    @Test
    void holdsForEveryRequestOfAConnection() {
        try (TestMirror mirror = mirror(Configs.LIMITS);
                RawClient client = mirror.client()) {
            client.send(V1 + PING + PING);
            client.read(false);
            client.read(false);

            assertThat(from(mirror)).isEqualTo("203.0.113.7 via 127.0.0.1");
            assertThat(from(mirror)).isEqualTo("203.0.113.7 via 127.0.0.1");
        }
    }

    @Test
    void isReadBeforeTls(@TempDir Path directory) throws Exception {
        ServerTls tls =
                ServerTls.open(TestCertificate.write(directory, "mirror", Instant.parse("2026-01-01T00:00:00Z")));
        try (TestMirror mirror =
                        new TestMirror(TestMirror.bounds(Configs.LIMITS, TRUSTED), Optional.of(tls::get), List.of());
                Socket socket = new Socket("127.0.0.1", mirror.port)) {
            for (byte one : V1.getBytes(StandardCharsets.US_ASCII)) {
                socket.getOutputStream().write(one);
            }
            try (RawClient client = RawClient.over(TestCertificate.over(socket))) {
                assertThat(client.ask("GET", "/v2/").status()).isEqualTo(200);
            }
            assertThat(from(mirror)).isEqualTo("203.0.113.7 via 127.0.0.1");
            try (RawClient plain = RawClient.over(TestCertificate.connect(mirror.port))) {
                assertThat(plain.ask("GET", "/v2/").status()).isEqualTo(200);
            }
            assertThat(from(mirror)).isEqualTo("127.0.0.1");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PROXY TCP4 203.0.113.7\r\n",
                "PROXY TCP4 203.0.113.7 10.0.0.1 56324 443\n",
                "PROXY TCP4 ../../etc/passwd 10.0.0.1 56324 443\r\n",
            })
    void endsAConnectionWhoseProxyHeaderIsNone(String header) {
        try (TestMirror mirror = mirror(Configs.LIMITS);
                RawClient client = mirror.client()) {
            client.send(header);

            assertThat(client.rest()).isEmpty();
            assertThat(mirror.server.stats().badProxies.sum()).isEqualTo(1);
            assertThat(mirror.exchanges).isEmpty();
        }
    }

    @Test
    void endsAConnectionWhoseProxyHeaderDoesNotCome() {
        try (TestMirror mirror = mirror(Configs.limits(10, 10, 100, 60_000, 60_000));
                RawClient client = mirror.client()) {
            client.send("PROXY TCP4 203");

            assertThat(client.ended()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {V1, "PROXY UNKNOWN\r\n"})
    void isNotReadFromAnybodyElse(String header) throws IOException {
        try (TestMirror mirror = mirror(Configs.LIMITS);
                RawClient client = anybody(mirror)) {
            assertThat(client.send(header + PING).read(false).status()).isEqualTo(400);
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void isNotReadFromAnybodyElseInBinary() throws IOException {
        try (TestMirror mirror = mirror(Configs.LIMITS);
                RawClient client = anybody(mirror)) {
            assertThat(client.send(latin(ProxyHeaderTest.TCP4) + PING)
                            .read(false)
                            .status())
                    .isEqualTo(400);
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void isWhoTheProxyForwardsForInEachRequest() {
        try (TestMirror mirror = mirror(Configs.LIMITS);
                RawClient client = mirror.client()) {
            client.ask("GET", "/v2/", "X-Forwarded-For: 1.1.1.1, 203.0.113.7");
            client.ask("GET", "/v2/", "X-Forwarded-For: 203.0.113.8");
            client.ask("GET", "/v2/");

            assertThat(from(mirror)).isEqualTo("203.0.113.7 via 127.0.0.1");
            assertThat(from(mirror)).isEqualTo("203.0.113.8 via 127.0.0.1");
            assertThat(from(mirror)).isEqualTo("127.0.0.1");
        }
    }

    @Test
    void isNotWhoAnybodyElseSaysItForwardsFor() throws IOException {
        try (TestMirror mirror = mirror(Configs.LIMITS);
                RawClient client = anybody(mirror)) {
            client.ask("GET", "/v2/", "X-Forwarded-For: 203.0.113.7");

            assertThat(from(mirror)).isEqualTo("127.0.0.2");
        }
    }

    @Test
    void isNotWhoTheClientOfAProxySaysItForwardsFor() {
        try (TestMirror mirror = mirror(Configs.LIMITS);
                RawClient client = mirror.client()) {
            client.send(V1);
            client.ask("GET", "/v2/", "X-Forwarded-For: 10.0.0.1");

            assertThat(from(mirror)).isEqualTo("203.0.113.7 via 127.0.0.1");
        }
    }

    @Test
    void decidesWhatTheyMayPull() {
        try (TestMirror mirror = new TestMirror(
                        TestMirror.bounds(Configs.LIMITS, TRUSTED),
                        Optional.empty(),
                        List.of(Configs.upstream("docker.io", Network.parse("203.0.113.0/24"))));
                RawClient client = mirror.client()) {
            mirror.content.manifest("docker.io/library/alpine:1");
            String manifest = "/v2/library/alpine/manifests/1";

            RawClient.Response allowed = client.ask("GET", manifest, "X-Forwarded-For: 203.0.113.7");
            RawClient.Response refused = client.ask("GET", manifest, "X-Forwarded-For: 203.0.113.7, 192.0.2.1");

            assertThat(allowed.status()).isEqualTo(200);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.text()).contains("192.0.2.1").doesNotContain("127.0.0.1");
        }
    }

    @Test
    void mayHaveSoManyConnectionsNoMatterHowManyOthersHave() {
        try (TestMirror mirror = mirror(Configs.limits(100, 2, 10_000, 60_000, 60_000))) {
            List<RawClient> all = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                all.add(mirror.client());
                assertThat(all.get(i).send(V1 + PING).read(false).status()).isEqualTo(200);
            }
            try (RawClient third = mirror.client()) {
                third.send(V1);

                assertThat(third.ended()).isTrue();
            }
            try (RawClient other = mirror.client()) {
                other.send("PROXY TCP4 203.0.113.8 10.0.0.1 1 2\r\n" + PING);

                assertThat(other.read(false).status()).isEqualTo(200);
            }
            all.get(0).close();
            Eventually.until(() -> mirror.server.connections() == 1);
            try (RawClient again = mirror.client()) {
                assertThat(again.send(V1 + PING).read(false).status()).isEqualTo(200);
            }
            all.get(1).close();
            assertThat(mirror.server.stats().refusedOfClient.sum()).isEqualTo(1);
        }
    }

    @Test
    void mayHaveSoManyConnectionsWithoutAProxy() throws IOException {
        try (TestMirror mirror = mirror(Configs.limits(100, 1, 10_000, 60_000, 60_000));
                RawClient one = anybody(mirror)) {
            assertThat(one.ask("GET", "/v2/").status()).isEqualTo(200);
            try (RawClient two = anybody(mirror)) {
                assertThat(two.ended()).isTrue();
            }
            assertThat(mirror.ask("GET", "/v2/").status()).isEqualTo(200);
        }
    }

    @Test
    void mayHaveSoManyRequestsInFlightBehindAProxyThatSharesConnections() {
        try (TestMirror mirror = mirror(Configs.limits(100, 1, 10_000, 60_000, 60_000));
                RawClient one = mirror.client();
                RawClient two = mirror.client()) {
            CompletableFuture<io.entrepot.server.content.Resolved> coming = new CompletableFuture<>();
            mirror.content.resolve("docker.io/library/alpine:1", () -> coming);
            String forwarded = "X-Forwarded-For: 203.0.113.7";
            one.send("GET /v2/library/alpine/manifests/1 HTTP/1.1\r\nHost: m\r\n" + forwarded + "\r\n\r\n");
            Eventually.until(() -> mirror.server.inFlight() == 1);

            RawClient.Response refused = two.ask("GET", "/v2/", forwarded);
            RawClient.Response other = two.ask("GET", "/v2/", "X-Forwarded-For: 203.0.113.8");
            coming.completeExceptionally(new io.entrepot.oci.RegistryException.ManifestUnknown("gone"));
            one.read(false);
            RawClient.Response later = two.ask("GET", "/v2/", forwarded);

            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            assertThat(other.status()).isEqualTo(200);
            assertThat(later.status()).isEqualTo(200);
        }
    }

    private static TestMirror mirror(Limits limits) {
        return new TestMirror(TestMirror.bounds(limits, TRUSTED), Optional.empty(), List.of());
    }

    private static RawClient anybody(TestMirror mirror) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.2"), 0));
        socket.connect(new InetSocketAddress("127.0.0.1", mirror.port));
        return RawClient.over(socket);
    }

    private static String from(TestMirror mirror) {
        Exchanged exchange = mirror.exchange();
        String client = exchange.client().getHostAddress();
        return exchange.client().equals(exchange.peer())
                ? client
                : client + " via " + exchange.peer().getHostAddress();
    }

    private static String latin(String hex) {
        return new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
    }
}
