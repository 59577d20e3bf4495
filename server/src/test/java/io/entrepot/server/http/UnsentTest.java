package io.entrepot.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.entrepot.server.net.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When a connection is told how much may be left unsent. */
class UnsentTest {

    private static final long BOUND = Unsent.BOUND;
    private static final int PIECE = 1024 * 1024;

    private final List<Long> told = new ArrayList<>();
    private long now = Long.MAX_VALUE - 1_000;
    private final Unsent unsent = new Unsent(told::add, () -> now);

    @Test
    void tellsOnceWhatHolds() {
        unsent.begin();
        unsent.wrote(1);
        unsent.begin();

        assertThat(told).containsExactly(BOUND);
    }

    @Test
    void freesWhoReadsFast() {
        unsent.begin();
        take(Unsent.JUDGED - PIECE, Unsent.FAST_NANOS / 2);
        assertThat(told).containsExactly(BOUND);
        take(PIECE, 0);

        assertThat(told).containsExactly(BOUND, Unsent.FREE);
    }

    @Test
    void doesNotFreeWhoReadsAtTheRateOfTheSlow() {
        unsent.begin();
        take(10 * Unsent.JUDGED, 10 * Unsent.FAST_NANOS);

        assertThat(told).containsExactly(BOUND);
    }

    @Test
    void boundsWhoWasFastAgain() {
        unsent.begin();
        take(2 * Unsent.JUDGED, Unsent.FAST_NANOS);
        take(2 * Unsent.JUDGED, 20 * Unsent.FAST_NANOS);

        assertThat(told).containsExactly(BOUND, Unsent.FREE, BOUND);
    }

    @Test
    void beginsEachBodyBounded() {
        unsent.begin();
        take(Unsent.JUDGED, Unsent.FAST_NANOS / 2);
        unsent.begin();
        take(Unsent.JUDGED - PIECE, 0);

        assertThat(told).containsExactly(BOUND, Unsent.FREE, BOUND);
    }

    @Test
    void setsWhatTheKernelKnows() throws Exception {
        assumeThat(Epoll.isAvailable()).isTrue();
        EventLoopGroup loops = Transport.EPOLL.loops(1, "unsent");
        EpollSocketChannel channel = new EpollSocketChannel();
        try {
            loops.register(channel).sync();
            Unsent real = Unsent.of(channel, () -> now);
            real.begin();
            long bounded = channel.config().getTcpNotSentLowAt();
            real.wrote(Unsent.JUDGED);
            long free = channel.config().getTcpNotSentLowAt();
            channel.close().sync();
            real.begin();

            assertThat(bounded).isEqualTo(BOUND);
            assertThat(free).isEqualTo(Unsent.FREE);
        } finally {
            channel.close().sync();
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }

    @Test
    void judgesALargePieceByItsSize() {
        unsent.begin();
        now += 3 * Unsent.FAST_NANOS;
        unsent.wrote(4 * Unsent.JUDGED);

        assertThat(told).containsExactly(BOUND, Unsent.FREE);
    }

    /** Piece after piece, for so long. */
    private void take(int bytes, long nanos) {
        int pieces = bytes / PIECE;
        for (int i = 0; i < pieces; i++) {
            now += nanos / pieces;
            unsent.wrote(PIECE);
        }
    }
}
