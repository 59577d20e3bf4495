package io.entrepot.server.net;

import static io.entrepot.server.net.NetBench.await;
import static io.entrepot.server.net.NetBench.deadlines;
import static io.entrepot.server.net.NetBench.drain;
import static io.entrepot.server.net.NetBench.trusting;
import static io.entrepot.server.net.RawServer.OK;
import static io.entrepot.server.net.RawServer.always;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import io.entrepot.server.net.NetException.Kind;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Whom we believe to be the registry. */
@ExtendWith({LeakCheck.class, BlockHoundSetup.class})
class ClientTlsTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Resolver LOOPBACK = host -> CompletableFuture.completedFuture(List.of(loopback()));

    @TempDir
    private Path directory;

    private TestCa ca;
    private Egress egress;

    @BeforeEach
    void makeAnAuthority() throws Exception {
        ca = new TestCa();
        egress = trusting(ca.pem(directory));
    }

    @Test
    void believesTheAuthorityOfTheUpstream() throws Exception {
        try (RawServer server = RawServer.tls(ca.server("registry.test"), always(OK));
                NetBench bench = NetBench.open(egress, LOOPBACK)) {
            assertThat(bench.text(server.uri("registry.test", "/"))).isEqualTo("ok");
            assertThat(bench.text(server.uri("registry.test", "/"))).isEqualTo("ok");
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void believesACertificateForAnAddress() throws Exception {
        GeneralName address = new GeneralName(GeneralName.iPAddress, "127.0.0.1");
        try (RawServer server = RawServer.tls(ca.server(address, Instant.now().plusSeconds(60)), always(OK));
                NetBench bench = NetBench.open(egress)) {
            assertThat(bench.text(server.uri("/"))).isEqualTo("ok");
        }
    }

    @Test
    void doesNotBelieveACertificateForAnotherHost() throws Exception {
        try (RawServer server = RawServer.tls(ca.server("registry.test"), always(OK));
                NetBench bench = NetBench.open(egress, LOOPBACK)) {
            assertThat(bench.refusal(server.uri("other.test", "/?secret")))
                    .isInstanceOfSatisfying(
                            NetException.class, why -> assertThat(why.kind()).isEqualTo(Kind.TLS))
                    .hasMessageStartingWith("other.test:" + server.port() + ": TLS failed: ")
                    .hasMessageNotContaining("secret");
            assertThat(server.requests()).isEmpty();
        }
    }

    @Test
    void doesNotBelieveACertificateForAHostWhenItDialsAnAddress() throws Exception {
        try (RawServer server = RawServer.tls(ca.server("registry.test"), always(OK));
                NetBench bench = NetBench.open(egress)) {
            assertThat(bench.refusal(server.uri("/")).kind()).isEqualTo(Kind.TLS);
        }
    }

    @Test
    void doesNotBelieveAnAuthorityThatNobodyNamed() throws Exception {
        try (RawServer server = RawServer.tls(ca.server("registry.test"), always(OK));
                NetBench bench = NetBench.open(NetBench.internal(), LOOPBACK)) {
            assertThat(bench.refusal(server.uri("registry.test", "/")).kind()).isEqualTo(Kind.TLS);
        }
    }

    @Test
    void doesNotBelieveTheAuthorityOfAnotherUpstream() throws Exception {
        try (RawServer server = RawServer.tls(new TestCa().server("registry.test"), always(OK));
                NetBench bench = NetBench.open(egress, LOOPBACK)) {
            assertThat(bench.refusal(server.uri("registry.test", "/")).kind()).isEqualTo(Kind.TLS);
        }
    }

    @Test
    void doesNotBelieveWhatHasExpired() throws Exception {
        GeneralName name = new GeneralName(GeneralName.dNSName, "registry.test");
        try (RawServer server = RawServer.tls(ca.server(name, Instant.now().minusSeconds(60)), always(OK));
                NetBench bench = NetBench.open(egress, LOOPBACK)) {
            assertThat(bench.refusal(server.uri("registry.test", "/")).kind()).isEqualTo(Kind.TLS);
        }
    }

    @Test
    void stillBelievesTheAuthoritiesOfTheJdk() throws Exception {
        int known = Trust.issuers(Optional.empty()).size();

        assertThat(known).isGreaterThan(10);
        assertThat(Trust.issuers(Optional.of(ca.pem(directory)))).hasSize(known + 1);
    }

    @Test
    void namesTheHostThatItWants() throws Exception {
        List<String> names = new CopyOnWriteArrayList<>();
        List<String> protocols = new CopyOnWriteArrayList<>();
        try (RawServer server = RawServer.tls(ca.server("registry.test"), peer -> {
                    peer.request();
                    ExtendedSSLSession session = (ExtendedSSLSession) peer.tls().getSession();
                    session.getRequestedServerNames().forEach(name -> names.add(((SNIHostName) name).getAsciiName()));
                    protocols.add(session.getProtocol());
                    peer.send(OK);
                });
                NetBench bench = NetBench.open(egress, LOOPBACK)) {
            bench.text(server.uri("registry.test", "/"));

            assertThat(names).containsExactly("registry.test");
            assertThat(protocols).containsExactly("TLSv1.3");
        }
    }

    @Test
    void speaksNothingOlderThanTls12() throws Exception {
        try (RawServer server = RawServer.tls(ca.server("registry.test"), peer -> {
                    peer.tls().setEnabledProtocols(new String[] {"TLSv1.2"});
                    always(OK).serve(peer);
                });
                NetBench bench = NetBench.open(egress, LOOPBACK)) {
            assertThat(bench.text(server.uri("registry.test", "/"))).isEqualTo("ok");
        }
    }

    @Test
    void saysThatAServerSpeaksNoTls() throws Exception {
        try (RawServer server = RawServer.start(peer -> {
                    peer.read(1);
                    peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
                });
                NetBench bench = NetBench.open()) {
            assertThat(bench.refusal(URI.create("https://" + server.authority() + "/"))
                            .kind())
                    .isEqualTo(Kind.TLS);
        }
    }

    @Test
    void saysThatAHandshakeWasCutShort() throws Exception {
        try (RawServer server = RawServer.start(peer -> peer.read(1));
                NetBench bench = NetBench.open()) {
            assertThat(bench.refusal(URI.create("https://" + server.authority() + "/")))
                    .hasMessage(server.authority() + ": TLS failed: the connection was closed during the handshake");
        }
    }

    @Test
    void waitsForAHandshakeNoLongerThanItMay() throws Exception {
        try (RawServer server = RawServer.start(peer -> peer.awaitEnd());
                NetBench bench = NetBench.open(deadlines(Duration.ofMillis(500), LONG, LONG))) {
            assertThat(bench.refusal(URI.create("https://" + server.authority() + "/"))
                            .kind())
                    .isEqualTo(Kind.TIMEOUT);
        }
    }

    @Test
    void givesOutWhatOneReadBroughtAtOnce() throws Exception {
        byte[] sent = new byte[2_000_000];
        new Random(7).nextBytes(sent);
        CountDownLatch records = new CountDownLatch(1);
        try (RawServer server = RawServer.tls(ca.server("registry.test"), peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n");
                    peer.send(Arrays.copyOf(sent, 48 * 1024));
                    records.countDown();
                    peer.send(Arrays.copyOfRange(sent, 48 * 1024, sent.length));
                    peer.awaitEnd();
                });
                NetBench bench = NetBench.open(egress, LOOPBACK)) {
            HttpReply reply = bench.get(server.uri("registry.test", "/"));
            // several records lie ready, however slow the peer is
            records.await();
            List<Integer> sizes = new ArrayList<>();
            byte[] got = new byte[sent.length];
            int at = 0;
            for (Optional<ByteBuf> next = await(reply.next()); next.isPresent(); next = await(reply.next())) {
                byte[] piece = NetBench.bytes(next.get());
                System.arraycopy(piece, 0, got, at, piece.length);
                at += piece.length;
                sizes.add(piece.length);
            }

            assertThat(got).isEqualTo(sent);
            assertThat(sizes).allMatch(size -> size <= 256 * 1024).anyMatch(size -> size > 16 * 1024);
        }
    }

    @Test
    void asksAgainWhenAnOldConnectionWasClosed() throws Exception {
        try (RawServer server = RawServer.tls(
                        ca.server("registry.test"),
                        peer -> {
                            peer.request();
                            peer.send(OK);
                            peer.request();
                        },
                        always(OK));
                NetBench bench = NetBench.open(egress, LOOPBACK)) {
            bench.text(server.uri("registry.test", "/"));

            assertThat(drain(bench.get(server.uri("registry.test", "/")))).hasSize(2);
        }
    }

    @Test
    void saysThatAnAuthorityCannotBeReadUntilItCan() throws Exception {
        Path file = directory.resolve("later.pem");
        try (RawServer server = RawServer.tls(ca.server("registry.test"), always(OK));
                NetBench bench = NetBench.open(trusting(file), LOOPBACK)) {
            assertThat(bench.refusal(server.uri("registry.test", "/")))
                    .hasMessageStartingWith("certificates of " + file + " cannot be read");
            Files.writeString(file, "no certificate");
            assertThat(bench.refusal(server.uri("registry.test", "/")).kind()).isEqualTo(Kind.TLS);
            moved(ca.pem(directory), file);

            assertThat(bench.text(server.uri("registry.test", "/"))).isEqualTo("ok");
        }
    }

    private static void moved(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }

    private static InetAddress loopback() {
        try {
            return InetAddress.getByName("127.0.0.1");
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
