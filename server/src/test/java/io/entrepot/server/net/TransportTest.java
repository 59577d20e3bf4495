package io.entrepot.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What carries bytes here. */
class TransportTest {

    @Test
    @EnabledOnOs(OS.LINUX)
    void isNativeEpollOnLinux() {
        assertThat(Transport.best()).isEqualTo(Transport.EPOLL);
        assertThat(Transport.best().client()).isEqualTo(EpollSocketChannel.class);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void isOpenSslOnLinux() {
        assertThat(OpenSsl.isAvailable()).isTrue();
        assertThat(ClientTls.provider()).isEqualTo(SslProvider.OPENSSL_REFCNT);
    }

    @Test
    void isThatWithWhichTheLoopsWereMade() {
        for (Transport transport : Transport.values()) {
            EventLoopGroup loops = transport.loops(1, "test-transport");
            assertThat(Transport.of(loops)).isEqualTo(transport);
            loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    @Test
    void isNioWhereNothingElseIs() {
        assertThat(Transport.NIO.client()).isEqualTo(NioSocketChannel.class);
    }
}
