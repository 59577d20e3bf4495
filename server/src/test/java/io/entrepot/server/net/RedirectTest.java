package io.entrepot.server.net;

import static io.entrepot.server.net.NetBench.await;
import static io.entrepot.server.net.NetBench.failure;
import static io.entrepot.server.net.NetBench.internal;
import static io.entrepot.server.net.NetBench.redirecting;
import static io.entrepot.server.net.NetBench.text;
import static io.entrepot.server.net.RawServer.OK;
import static io.entrepot.server.net.RawServer.always;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import io.entrepot.server.net.HttpCall.Method;
import io.entrepot.server.net.NetException.Kind;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a redirect may lead, and what goes there. */
@ExtendWith({LeakCheck.class, BlockHoundSetup.class})
class RedirectTest {

    private static final Map<String, String> SECRETS =
            Map.of("Authorization", "Bearer s3cret", "cookie", "id=1", "Range", "bytes=5-", "Accept", "x/y");

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void followsEachKindOfRedirect(int status) throws Exception {
        try (RawServer server = RawServer.start(hops(status, "/b"));
                NetBench bench = NetBench.open()) {
            HttpReply reply = bench.get(server.uri("/a"));

            assertThat(reply.uri()).isEqualTo(server.uri("/b"));
            assertThat(text(reply)).isEqualTo("ok");
        }
    }

    @Test
    void staysAHeadWhenItWasOne() throws Exception {
        String there = "HTTP/1.1 307 Over there\r\nLocation: /b\r\nContent-Length: 5\r\n\r\n";
        try (RawServer server = RawServer.start(peer -> {
                    peer.request();
                    peer.send(there);
                    always("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n").serve(peer);
                });
                NetBench bench = NetBench.open()) {
            text(bench.head(server.uri("/a")));

            assertThat(server.requests()).hasSize(2).allMatch(head -> head.startsWith("HEAD "));
        }
    }

    @Test
    void keepsTheConnectionOfARedirect() throws Exception {
        try (RawServer server = RawServer.start(hops(307, "/b"));
                NetBench bench = NetBench.open(internal(1))) {
            assertThat(bench.text(server.uri("/a"))).isEqualTo("ok");
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 300, 304, 305, 404})
    void takesNothingElseForARedirect(int status) throws Exception {
        try (RawServer server = RawServer.start(
                        always("HTTP/1.1 " + status + " X\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"));
                NetBench bench = NetBench.open()) {
            HttpReply reply = bench.get(server.uri("/a"));

            assertThat(reply.status()).isEqualTo(status);
            reply.close();
        }
    }

    @Test
    void givesARedirectToNowhereToTheCaller() throws Exception {
        try (RawServer server = RawServer.start(always("HTTP/1.1 307 X\r\nContent-Length: 0\r\n\r\n"));
                NetBench bench = NetBench.open()) {
            HttpReply reply = bench.get(server.uri("/a"));

            assertThat(reply.status()).isEqualTo(307);
            reply.close();
        }
    }

    @Test
    void givesTheRedirectOfAPostToTheCaller() throws Exception {
        try (RawServer server = RawServer.start(always("HTTP/1.1 307 X\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"));
                NetBench bench = NetBench.open()) {
            HttpReply reply =
                    await(bench.client.send(new HttpCall(Method.POST, server.uri("/a"), Map.of(), new byte[0])));

            assertThat(reply.status()).isEqualTo(307);
            reply.close();
        }
    }

    @Test
    void sendsEverythingToTheSameOrigin() throws Exception {
        try (RawServer server = RawServer.start(hops(307, "/b"));
                NetBench bench = NetBench.open()) {
            text(await(bench.client.send(HttpCall.get(server.uri("/a"), SECRETS))));

            assertThat(server.requests().get(1))
                    .contains("Authorization: Bearer s3cret", "cookie: id=1", "Range: bytes=5-", "Accept: x/y");
        }
    }

    @Test
    void sendsNoSecretToAnotherOrigin() throws Exception {
        try (RawServer other = RawServer.start(always(OK));
                RawServer server = RawServer.start(hops(307, other.uri("/b").toString()));
                NetBench bench = NetBench.open(redirecting(other.authority()))) {
            text(await(bench.client.send(HttpCall.get(server.uri("/a"), SECRETS))));

            assertThat(other.requests().get(0))
                    .contains("Range: bytes=5-", "Accept: x/y", "host: " + other.authority())
                    .doesNotContain("s3cret")
                    .doesNotContainIgnoringCase("cookie");
        }
    }

    @Test
    void sendsNoSecretToTheFirstOriginEitherOnTheWayBack() throws Exception {
        AtomicReference<String> there = new AtomicReference<>();
        try (RawServer server = RawServer.start(peer -> {
                    peer.request();
                    peer.send(redirect(307, there.get()));
                    always(OK).serve(peer);
                });
                RawServer other = RawServer.start(hops(307, server.uri("/back").toString()));
                NetBench bench = NetBench.open(redirecting("127.0.0.1"))) {
            there.set(other.uri("/b").toString());
            text(await(bench.client.send(HttpCall.get(server.uri("/a"), SECRETS))));

            assertThat(server.requests()).hasSize(2);
            assertThat(server.requests().get(0)).contains("s3cret");
            assertThat(server.requests().get(1)).startsWith("GET /back ").doesNotContain("s3cret");
        }
    }

    @Test
    void followsFiveRedirectsButNotSix() throws Exception {
        RawServer.Script counting = peer -> {
            while (true) {
                String head = peer.request();
                int left = Integer.parseInt(head.substring(5, head.indexOf(' ', 5)));
                peer.send(left == 0 ? OK : redirect(302, "/" + (left - 1)));
            }
        };
        try (RawServer server = RawServer.start(counting);
                NetBench bench = NetBench.open()) {
            assertThat(bench.text(server.uri("/5"))).isEqualTo("ok");
            NetException why = bench.refusal(server.uri("/6"));

            assertThat(why.kind()).isEqualTo(Kind.FORBIDDEN_REDIRECT);
            assertThat(why).hasMessage(server.authority() + " redirects more than 5 times");
        }
    }

    @Test
    void leavesALoop() throws Exception {
        try (RawServer server = RawServer.start(always(redirect(302, "/a")));
                NetBench bench = NetBench.open()) {
            NetException why = bench.refusal(server.uri("/a"));

            assertThat(why.kind()).isEqualTo(Kind.FORBIDDEN_REDIRECT);
            assertThat(why).hasMessage(server.authority() + " redirects in a loop");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///etc/passwd?secret",
                "ftp://127.0.0.1/secret",
                "gopher://127.0.0.1:6379/_secret",
                "http://169.254.169.254/secret",
                "http://elsewhere.example/?secret",
                "https://elsewhere.example/?secret",
                "//elsewhere.example/?secret",
                "http://user:secret@127.0.0.1/",
                "http://127.0.0.1:1/?secret",
                "http://127.0.0.1.elsewhere.example/?secret",
                "http://[::1]/secret",
                "http:///secret",
                "http://not a host/secret",
                "jar:http://127.0.0.1/!/secret"
            })
    void leadsNoInternalUpstreamElsewhere(String location) throws Exception {
        try (RawServer server = RawServer.start(always(redirect(307, location)));
                NetBench bench = NetBench.open()) {
            NetException why = bench.refusal(server.uri("/a"));

            assertThat(why.kind()).isEqualTo(Kind.FORBIDDEN_REDIRECT);
            assertThat(why.getMessage()).startsWith(server.authority()).doesNotContain("secret");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void dialsNoMetadataServiceEvenIfItIsListed() throws Exception {
        try (RawServer server = RawServer.start(always(redirect(307, "http://169.254.169.254/latest")));
                NetBench bench = NetBench.open(redirecting("169.254.169.254"))) {
            assertThat(bench.refusal(server.uri("/a")).kind()).isEqualTo(Kind.FORBIDDEN_ADDRESS);
        }
    }

    @Test
    void dialsNoListedHostWhoseAddressChangedToWhatItMayNotBe() throws Exception {
        Resolver resolver = host -> CompletableFuture.completedFuture(
                List.of(address(host.equals("cdn.test") ? "169.254.169.254" : "127.0.0.1")));
        try (RawServer server = RawServer.start(always(redirect(307, "http://cdn.test/blob")));
                NetBench bench = NetBench.open(redirecting("cdn.test"), resolver)) {
            assertThat(bench.refusal(server.uri("/a")).kind()).isEqualTo(Kind.FORBIDDEN_ADDRESS);
        }
    }

    @Test
    void followsToAListedHostInAnyCaseAndOnAnyPort() throws Exception {
        Resolver loopback = host -> CompletableFuture.completedFuture(List.of(address("127.0.0.1")));
        try (RawServer other = RawServer.start(always(OK));
                RawServer server = RawServer.start(
                        always(redirect(307, other.uri("CDN.test", "/b").toString())));
                NetBench bench = NetBench.open(redirecting("cdn.TEST"), loopback)) {
            assertThat(bench.text(server.uri("/a"))).isEqualTo("ok");
        }
    }

    @Test
    void letsGoOfARedirectThatIsGivenUp() throws Exception {
        try (RawServer server = RawServer.start(peer -> {
                    peer.request();
                    peer.send(redirect(307, "/b"));
                    peer.request();
                    peer.awaitEnd();
                });
                NetBench bench = NetBench.open(internal(1))) {
            CompletableFuture<HttpReply> asked = bench.sendGet(server.uri("/a"));
            NetBench.eventually(() -> server.requests().size() == 2);
            asked.cancel(false);

            // the one place is free again
            CompletableFuture<HttpReply> next = bench.sendGet(server.uri("/a"));
            NetBench.eventually(() -> server.connections() == 2);
            next.cancel(false);
        }
    }

    @Test
    void saysWhenAPublicUpstreamIsPlain() {
        try (NetBench bench = NetBench.open(NetBench.open(false, Optional.empty()))) {
            NetException why = failure(bench.sendGet(URI.create("http://registry.example/v2/?secret")));

            assertThat(why).hasMessageContaining("http://registry.example is plain HTTP");
        }
    }

    /** Redirects the first request of each connection and answers the others. */
    private static RawServer.Script hops(int status, String location) {
        return peer -> {
            peer.request();
            peer.send(redirect(status, location));
            always(OK).serve(peer);
        };
    }

    private static String redirect(int status, String location) {
        return "HTTP/1.1 " + status + " Over there\r\nLocation: " + location + "\r\nContent-Length: 5\r\n\r\nthere";
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(literal, e);
        }
    }
}
