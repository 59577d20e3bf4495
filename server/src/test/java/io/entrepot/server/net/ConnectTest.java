package io.entrepot.server.net;

import static io.entrepot.server.net.NetBench.deadlines;
import static io.entrepot.server.net.RawServer.OK;
import static io.entrepot.server.net.RawServer.always;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.BlackHole;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import io.entrepot.server.net.NetException.Kind;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where connections lead, and where they never do. */
@ExtendWith({LeakCheck.class, BlockHoundSetup.class})
class ConnectTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(300);

    @Test
    void saysThatNobodyListens() {
        // a port that a stopped registry keeps, so that nobody else can listen there meanwhile
        try (FakeRegistry gone = FakeRegistry.start();
                NetBench bench = NetBench.open()) {
            gone.stop();
            NetException why = bench.refusal(gone.url("/a?secret"));

            assertThat(why.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(why).hasMessage(gone.host() + " cannot be reached: connection refused");
        }
    }

    @Test
    void saysThatANameIsUnknown() {
        try (NetBench bench = NetBench.open()) {
            NetException why = bench.refusal(URI.create("http://no-such-host.invalid/"));

            assertThat(why.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(why).hasMessage("no-such-host.invalid: no such host");
        }
    }

    @Test
    void waitsForAConnectionNoLongerThanItMay() throws Exception {
        try (BlackHole hole = BlackHole.at("127.0.0.1", 0);
                NetBench bench = NetBench.open(deadlines(SHORT, LONG, LONG))) {
            NetException why = bench.refusal(URI.create("http://127.0.0.1:" + hole.port() + "/"));

            assertThat(why.kind()).isEqualTo(Kind.TIMEOUT);
            assertThat(why).hasMessage("127.0.0.1:" + hole.port() + " could not be connected to within 300 ms");
        }
    }

    @Test
    void waitsForANameServerNoLongerThanItMay() {
        try (NetBench bench = NetBench.open(deadlines(SHORT, LONG, LONG), host -> new CompletableFuture<>())) {
            assertThat(bench.refusal(URI.create("http://registry.test/")).kind())
                    .isEqualTo(Kind.TIMEOUT);
        }
    }

    @Test
    void dialsTheNextAddressWhenOneRefuses() throws Exception {
        try (RawServer server = RawServer.start(always(OK));
                NetBench bench = NetBench.open(NetBench.internal(), resolving("127.0.0.9", "127.0.0.1"))) {
            assertThat(bench.text(server.uri("registry.test", "/"))).isEqualTo("ok");
        }
    }

    @Test
    void dialsTheNextAddressWhenOneDoesNotAnswer() throws Exception {
        try (RawServer server = RawServer.start(always(OK));
                BlackHole hole = BlackHole.at("127.0.0.9", server.port());
                NetBench bench = NetBench.open(NetBench.internal(), resolving("127.0.0.9", "127.0.0.1"))) {
            assertThat(bench.text(server.uri("registry.test", "/"))).isEqualTo("ok");
            assertThat(server.requests().get(0)).contains("host: registry.test:" + server.port() + "\r\n");
            assertThat(hole.port()).isEqualTo(server.port());
        }
    }

    @Test
    void dialsOneAddressOnlyWhenItAnswers() throws Exception {
        try (RawServer server = RawServer.start(always(OK));
                RawServer other = RawServer.at("127.0.0.9", server.port(), always(OK));
                NetBench bench = NetBench.open(NetBench.internal(), resolving("127.0.0.1", "127.0.0.9"))) {
            assertThat(bench.text(server.uri("registry.test", "/"))).isEqualTo("ok");
            assertThat(other.connections()).isZero();
        }
    }

    @Test
    void takesFamiliesInTurn() throws Exception {
        List<InetAddress> found = addresses("2a00::1", "2a00::2", "2a00::3", "9.9.9.1", "9.9.9.2");

        assertThat(Candidates.of(found, new AddressFilter(false), Origin.of(URI.create("https://a.example"))))
                .isEqualTo(addresses("2a00::1", "9.9.9.1", "2a00::2", "9.9.9.2", "2a00::3"));
    }

    @Test
    void startsWithTheFamilyThatTheSystemPrefers() throws Exception {
        List<InetAddress> found = addresses("9.9.9.1", "9.9.9.2", "2a00::1");

        assertThat(Candidates.of(found, new AddressFilter(false), Origin.of(URI.create("https://a.example"))))
                .isEqualTo(addresses("9.9.9.1", "2a00::1", "9.9.9.2"));
    }

    @Test
    void dialsOnlyThoseAddressesThatItMay() throws Exception {
        List<InetAddress> found = addresses("169.254.169.254", "10.0.0.1", "9.9.9.9", "::1");

        assertThat(Candidates.of(found, new AddressFilter(false), Origin.of(URI.create("https://a.example"))))
                .isEqualTo(addresses("9.9.9.9"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0.0.0.0/",
                "https://169.254.169.254/latest", "https://10.0.0.5/", "https://[::1]/", "https://[::ffff:127.0.0.1]/",
                "https://[fd00:ec2::254]/", "https://localhost/", "https://[64:ff9b::a9fe:a9fe]/"
            })
    void dialsNoAddressThatAPublicUpstreamMayNotHave(String address) {
        try (NetBench bench = NetBench.open(NetBench.open(false, Optional.empty()))) {
            assertThat(bench.refusal(URI.create(address)).kind()).isEqualTo(Kind.FORBIDDEN_ADDRESS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://169.254.169.254/", "http://0.0.0.0/", "http://[fe80::1]/", "http://224.0.0.1/"})
    void dialsNoAddressThatNoUpstreamMayHave(String address) {
        try (NetBench bench = NetBench.open()) {
            assertThat(bench.refusal(URI.create(address)).kind()).isEqualTo(Kind.FORBIDDEN_ADDRESS);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://registry.example/",
                "file:///etc/passwd",
                "ftp://a.example/",
                "https://u:p@a.example/",
                "https:opaque",
                "https:///v2/",
                "https://a.example:0/",
                "https://a.example:70000/"
            })
    void sendsNothingToWhatAPublicUpstreamCannotBe(String address) {
        try (NetBench bench = NetBench.open(NetBench.open(false, Optional.empty()))) {
            NetException why = bench.refusal(URI.create(address));

            assertThat(why.kind()).isEqualTo(Kind.FORBIDDEN_ADDRESS);
            assertThat(why.getMessage()).doesNotContain("u:p").doesNotContain("passwd");
        }
    }

    @Test
    void looksAtTheAddressOfEveryConnection() throws Exception {
        Queue<String> answers = new ArrayDeque<>(List.of("127.0.0.1", "169.254.169.254"));
        Resolver rebinding = host -> CompletableFuture.completedFuture(addresses(answers.remove()));
        try (RawServer server =
                        RawServer.start(always("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"));
                NetBench bench = NetBench.open(NetBench.internal(), rebinding)) {
            assertThat(bench.text(server.uri("registry.test", "/"))).isEqualTo("ok");
            assertThat(bench.refusal(server.uri("registry.test", "/")).kind()).isEqualTo(Kind.FORBIDDEN_ADDRESS);
        }
    }

    @Test
    void knowsHostsThatNoDomainMayBeCalled() throws Exception {
        try (RawServer server = RawServer.start(always(OK));
                NetBench bench = NetBench.open(NetBench.internal(), resolving("127.0.0.1"))) {
            assertThat(bench.text(server.uri("my_registry", "/"))).isEqualTo("ok");
            assertThat(server.requests().get(0)).contains("host: my_registry:" + server.port() + "\r\n");
        }
    }

    private static Resolver resolving(String... literals) {
        return host -> CompletableFuture.completedFuture(addresses(literals));
    }

    private static List<InetAddress> addresses(String... literals) {
        return Stream.of(literals).map(ConnectTest::address).toList();
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(literal, e);
        }
    }
}
