package io.entrepot.server.net;

import static io.entrepot.server.net.RawServer.OK;
import static io.entrepot.server.net.RawServer.always;
import static io.entrepot.server.net.RawServer.once;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.DirectHost;
import io.entrepot.config.HttpProxy;
import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.config.Secret;
import io.entrepot.loadtest.FakeProxy;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import io.entrepot.server.net.NetException.Kind;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections by way of a proxy. */
@ExtendWith({LeakCheck.class, BlockHoundSetup.class})
class ProxyTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Credentials.Basic LOGIN = new Credentials.Basic("mirror", new Secret("s3cret"));
    private static final URI REGISTRY = URI.create("https://registry.test/v2/");

    /** Knows the proxy's name alone, so that nobody gets anywhere without it. */
    private static final Resolver ONLY_THE_PROXY = host -> host.equals("proxy.test")
            ? CompletableFuture.completedFuture(List.of(InetAddress.getLoopbackAddress()))
            : CompletableFuture.failedFuture(new NetException(Kind.UNREACHABLE, host + ": no such host"));

    @TempDir
    private Path directory;

    private TestCa ca;

    @BeforeEach
    void makeAnAuthority() throws Exception {
        ca = new TestCa();
    }

    @Test
    void leadToTheOriginWithItsOwnTls() throws Exception {
        try (RawServer server = RawServer.tls(ca.server("registry.test"), always(OK));
                FakeProxy proxy = FakeProxy.start().knows("registry.test:443", server.port());
                NetBench bench = through(proxy, Optional.empty(), LONG)) {
            assertThat(bench.text(REGISTRY)).isEqualTo("ok");
            assertThat(bench.text(REGISTRY)).isEqualTo("ok");

            assertThat(proxy.targets()).containsExactly("registry.test:443");
            assertThat(server.connections()).isEqualTo(1);
            assertThat(server.requests().get(0)).contains("host: registry.test\r\n");
        }
    }

    @Test
    void doNotTakeTheProxyForTheOrigin() throws Exception {
        try (RawServer other = RawServer.tls(ca.server("other.test"), always(OK));
                FakeProxy proxy = FakeProxy.start().knows("registry.test:443", other.port());
                NetBench bench = through(proxy, Optional.empty(), LONG)) {
            assertThat(bench.refusal(REGISTRY).kind()).isEqualTo(Kind.TLS);
            assertThat(other.requests()).isEmpty();
        }
    }

    @Test
    void showTheLoginToTheProxyAndToNobodyElse() throws Exception {
        try (RawServer server = RawServer.tls(ca.server("registry.test"), always(OK));
                FakeProxy proxy = FakeProxy.start("mirror:s3cret").knows("registry.test:443", server.port());
                NetBench bench = through(proxy, Optional.of(LOGIN), LONG)) {
            assertThat(bench.text(REGISTRY)).isEqualTo("ok");

            assertThat(server.requests().get(0)).doesNotContainIgnoringCase("authorization");
            assertThat(proxy.heads()).noneMatch(head -> head.contains("\r\nAuthorization"));
        }
    }

    @Test
    void areRefusedInWordsThatNameTheProxy() throws Exception {
        try (FakeProxy proxy = FakeProxy.start("mirror:other");
                NetBench nobody = through(proxy, Optional.empty(), LONG);
                NetBench somebody = through(proxy, Optional.of(LOGIN), LONG)) {
            assertThat(nobody.refusal(REGISTRY))
                    .hasMessage("the proxy proxy.test:" + proxy.port()
                            + " does not connect to registry.test: 407 (it wants a login)");
            NetException why = somebody.refusal(REGISTRY);
            assertThat(why)
                    .hasMessage("the proxy proxy.test:" + proxy.port()
                            + " does not connect to registry.test: 407 (our login does not suffice)");
            assertThat(why.kind()).isEqualTo(Kind.UNREACHABLE);
        }
    }

    @Test
    void failWhereTheProxyCannotConnect() throws Exception {
        try (FakeProxy proxy = FakeProxy.start();
                NetBench bench = through(proxy, Optional.empty(), LONG)) {
            assertThat(bench.refusal(REGISTRY)).hasMessageEndingWith("does not connect to registry.test: 502");
        }
    }

    @Test
    void failWhereThereIsNoProxy() throws Exception {
        // a port that a stopped registry keeps, so that nobody else can listen there meanwhile
        try (FakeRegistry gone = FakeRegistry.start()) {
            gone.stop();
            int port = gone.url().getPort();
            try (NetBench bench = through("proxy.test", port, Optional.empty(), LONG)) {
                NetException why = bench.refusal(REGISTRY);

                assertThat(why.kind()).isEqualTo(Kind.UNREACHABLE);
                assertThat(why).hasMessage("the proxy proxy.test:" + port + " cannot be reached: connection refused");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SSH-2.0-OpenSSH\\r\\n\\r\\n | sent an answer that is not HTTP/1.1",
                "HTTP/1.1 200 OK\\r\\n\\r\\nHTTP/1.1 200 OK | sent more than its answer",
                "HTTP/1.1 200 OK\\r\\n | closed the connection",
            })
    void failWhereTheProxyIsNone(String answer, String why) throws Exception {
        try (FakeProxy proxy = FakeProxy.start();
                NetBench bench = through(proxy, Optional.empty(), LONG)) {
            proxy.always(answer.replace("\\r\\n", "\r\n"));

            assertThat(bench.refusal(REGISTRY)).hasMessage("the proxy proxy.test:" + proxy.port() + " " + why);
        }
    }

    @Test
    void failWhereTheHeadOfTheProxyHasNoEnd() throws Exception {
        try (FakeProxy proxy = FakeProxy.start();
                NetBench bench = through(proxy, Optional.empty(), LONG)) {
            proxy.always("HTTP/1.1 200 OK\r\nA: " + "a".repeat(20_000));

            assertThat(bench.refusal(REGISTRY)).hasMessageEndingWith("sent a head that is too large");
        }
    }

    @Test
    void failWhereTheProxyHangs() throws Exception {
        try (RawServer hanging = RawServer.start(peer -> peer.awaitEnd());
                NetBench bench = through("proxy.test", hanging.port(), Optional.empty(), Duration.ofMillis(200))) {
            NetException why = bench.refusal(REGISTRY);

            assertThat(why.kind()).isEqualTo(Kind.TIMEOUT);
            assertThat(why)
                    .hasMessage("registry.test could not be connected to by way of the proxy proxy.test within 200 ms");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "10.0.0.1",
                "169.254.169.254",
                "[::1]",
                "[fd00:ec2::254]",
                "[64:ff9b::a00:1]",
                "127.1",
                "2130706433",
                "0x7f.1",
                "localhost",
                "localhost.",
                "a.localhost",
                "printer.local",
                "metadata.google.internal",
                "router.home.arpa",
                "registry"
            })
    void areNotAskedForToWhatIsInside(String host) throws Exception {
        try (FakeProxy proxy = FakeProxy.start();
                NetBench bench = through(proxy, Optional.empty(), LONG)) {
            assertThat(bench.refusal(URI.create("https://" + host + "/v2/")).kind())
                    .isEqualTo(Kind.FORBIDDEN_ADDRESS);
            assertThat(proxy.heads()).isEmpty();
        }
    }

    @Test
    void areNotAskedForToWhatIsInsideByARedirect() throws Exception {
        try (RawServer server = RawServer.tls(
                        ca.server("registry.test"),
                        once(
                                "HTTP/1.1 307 Go\r\nLocation: https://metadata.google.internal/x\r\nContent-Length: 0\r\n\r\n"));
                FakeProxy proxy = FakeProxy.start().knows("registry.test:443", server.port());
                NetBench bench = through(proxy, Optional.empty(), LONG)) {
            NetException why = bench.refusal(REGISTRY);

            assertThat(why.kind()).isEqualTo(Kind.FORBIDDEN_ADDRESS);
            assertThat(why.isElsewhere()).isTrue();
            assertThat(proxy.targets()).containsExactly("registry.test:443");
        }
    }

    @Test
    void areMadeWithoutTheProxyWhereThatIsSaid() throws Exception {
        try (RawServer server = RawServer.start(always(OK));
                FakeProxy proxy = FakeProxy.start();
                NetBench bench = NetBench.open(new Egress(
                        true,
                        Set.of(),
                        Optional.empty(),
                        LONG,
                        LONG,
                        LONG,
                        4,
                        Optional.of(new HttpProxy(
                                "127.0.0.1",
                                proxy.port(),
                                Optional.empty(),
                                List.of(DirectHost.parse("127.0.0.0/8"))))))) {
            assertThat(bench.text(server.uri("/"))).isEqualTo("ok");
            assertThat(proxy.heads()).isEmpty();
        }
    }

    private NetBench through(FakeProxy proxy, Optional<Credentials.Basic> login, Duration connect) throws Exception {
        return through("proxy.test", proxy.port(), login, connect);
    }

    private NetBench through(String host, int port, Optional<Credentials.Basic> login, Duration connect)
            throws Exception {
        HttpProxy proxy = new HttpProxy(host, port, login, List.of());
        return NetBench.open(
                new Egress(false, Set.of(), Optional.of(ca.pem(directory)), connect, LONG, LONG, 4, Optional.of(proxy)),
                ONLY_THE_PROXY);
    }
}
