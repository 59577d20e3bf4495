package io.entrepot.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.server.LeakCheck;
import io.entrepot.server.net.NetException.Kind;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client for one address goes there, be it link-local, and nowhere else. */
@ExtendWith(LeakCheck.class)
class OneAddressTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void letsItThroughAndNoOther() throws UnknownHostException {
        AddressFilter metadata = AddressFilter.only(Set.of("169.254.169.254", "fd00:ec2::254"));

        assertThat(metadata.allows(InetAddress.getByName("169.254.169.254"))).isTrue();
        assertThat(metadata.allows(InetAddress.getByName("fd00:ec2::254"))).isTrue();
        for (String other : new String[] {"169.254.169.253", "169.254.170.2", "127.0.0.1", "10.0.0.1", "8.8.8.8"}) {
            assertThat(metadata.allows(InetAddress.getByName(other))).as(other).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"metadata.google.internal", "localhost", "", "1.2.3", "[::1]"})
    void isALiteralOne(String address) {
        assertThatThrownBy(() -> AddressFilter.only(Set.of(address)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: a literal one");
    }

    @Test
    void isReachedAndAnotherIsNot() throws IOException {
        EventLoopGroup loops = Transport.best().loops(1, "test-net");
        try (RawServer server = RawServer.start(RawServer.always(RawServer.OK));
                HttpClient here = HttpClient.only(loops, Set.of("127.0.0.1"), LONG);
                HttpClient there = HttpClient.only(loops, Set.of("127.0.0.2"), LONG)) {
            assertThat(NetBench.text(NetBench.await(here.send(HttpCall.get(server.uri("/"), Map.of())))))
                    .isEqualTo("ok");
            assertThat(NetBench.failure(there.send(HttpCall.get(server.uri("/"), Map.of())))
                            .kind())
                    .isEqualTo(Kind.FORBIDDEN_ADDRESS);
            assertThat(server.connections()).isOne();
        } finally {
            loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    @Test
    void redirectsToNoOther() throws IOException {
        EventLoopGroup loops = Transport.best().loops(1, "test-net");
        try (RawServer other = RawServer.start(RawServer.always(RawServer.OK));
                RawServer server = RawServer.start(RawServer.always("HTTP/1.1 302 Found\r\nLocation: "
                        + URI.create("http://localhost:" + other.port() + "/")
                        + "\r\nContent-Length: 0\r\n\r\n"));
                HttpClient client = HttpClient.only(loops, Set.of("127.0.0.1"), LONG)) {
            assertThat(NetBench.failure(client.send(HttpCall.get(server.uri("/"), Map.of())))
                            .kind())
                    .isEqualTo(Kind.FORBIDDEN_REDIRECT);
            assertThat(other.connections()).isZero();
        } finally {
            loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    @Test
    void putsABody() throws IOException {
        try (RawServer server = RawServer.start(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + peer.read(4));
                });
                NetBench bench = NetBench.open()) {
            HttpCall put =
                    new HttpCall(HttpCall.Method.PUT, server.uri("/key"), Map.of(), new byte[] {'b', 'o', 'd', 'y'});

            assertThat(NetBench.text(NetBench.await(bench.client.send(put)))).isEqualTo("body");
            assertThat(server.requests().get(0))
                    .startsWith("PUT /key HTTP/1.1\r\n")
                    .contains("content-length: 4\r\n");
        }
    }
}
