package io.entrepot.server.net;

import static io.entrepot.server.net.NetBench.await;
import static io.entrepot.server.net.NetBench.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import io.entrepot.server.net.NetException.Kind;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Names that hang: {@code sick-…} until the test is over, whatever others ask for meanwhile. */
@Timeout(60)
@ExtendWith({LeakCheck.class, BlockHoundSetup.class})
class SystemResolverTest {

    private static final Duration LONG = Duration.ofMinutes(5);

    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicInteger looked = new AtomicInteger();
    private final SystemResolver resolver = new SystemResolver(this::find, LONG);
    private final Resolver client = resolver.share();

    private InetAddress[] find(String host) throws UnknownHostException {
        looked.incrementAndGet();
        if (host.startsWith("sick")) {
            try {
                over.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        if (host.startsWith("no")) {
            throw new UnknownHostException(host);
        }
        return new InetAddress[] {InetAddress.getLoopbackAddress()};
    }

    private static CompletableFuture<List<InetAddress>> hang(Resolver by, String name) {
        return by.resolve("sick-" + name + ".test");
    }

    @AfterEach
    void end() {
        over.countDown();
    }

    @Test
    void holdOneThreadHoweverManyAskForThem() {
        List<CompletableFuture<List<InetAddress>>> waiting = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            waiting.add(hang(resolver.share(), "one"));
        }

        assertThat(await(client.resolve("well.test"))).containsExactly(InetAddress.getLoopbackAddress());
        // the thread that hangs may begin after the one that does not
        NetBench.eventually(() -> looked.get() == 2);
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        over.countDown();
        waiting.forEach(NetBench::await);
        assertThat(looked).hasValue(2);
    }

    @Test
    void areInTheWayOfNoOtherClientThanTheirOwn() {
        for (int i = 0; i < SystemResolver.SHARE; i++) {
            hang(client, "of-one-" + i);
        }

        NetException why = failure(client.resolve("well.test"));
        assertThat(why.kind()).isEqualTo(Kind.BUSY);
        assertThat(why).hasMessage("well.test: too many look-ups of names are under way");
        assertThat(await(resolver.share().resolve("well.test"))).hasSize(1);
    }

    @Test
    void leaveRoomForThoseThatWereFoundBeforeAndForAddresses() throws Exception {
        await(client.resolve("well.test"));
        for (int i = 0; i < SystemResolver.MOST_STRANGERS; i++) {
            hang(resolver.share(), "stranger-" + i);
        }

        assertThat(failure(resolver.share().resolve("never-seen.test")).kind()).isEqualTo(Kind.BUSY);
        assertThat(await(resolver.share().resolve("127.0.0.9"))).containsExactly(InetAddress.getByName("127.0.0.9"));
        assertThat(await(resolver.share().resolve("::1"))).containsExactly(InetAddress.getByName("::1"));
        assertThat(await(client.resolve("well.test"))).hasSize(1);
        assertThat(await(resolver.share().resolve("well.test"))).hasSize(1);
    }

    @Test
    void areGivenUpInTimeAndRefusedAtOnceUntilTheSystemGivesThemUp() {
        SystemResolver impatient = new SystemResolver(this::find, Duration.ofMillis(50));
        Resolver by = impatient.share();

        NetException late = failure(hang(by, "one"));
        assertThat(late.kind()).isEqualTo(Kind.TIMEOUT);
        assertThat(late).hasMessage("sick-one.test: its name was not found within 50 ms");
        NetBench.eventually(() -> looked.get() == 1);
        assertThat(hang(by, "one")).isCompletedExceptionally();

        assertThat(looked).hasValue(1);
        over.countDown();
        NetBench.eventually(() -> !hang(by, "one").isCompletedExceptionally());
    }

    @Test
    void giveTheirPlacesBackWhenTheyEnd() {
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < SystemResolver.SHARE; i++) {
                assertThat(failure(client.resolve("no-such-" + i + ".test"))).hasMessageEndingWith(": no such host");
            }
        }
        assertThat(await(client.resolve("well.test"))).hasSize(1);
    }

    @Test
    void doNotKeepAnotherUpstreamFromItsOwn() throws Exception {
        try (RawServer server = RawServer.start(RawServer.always(RawServer.OK));
                NetBench sick = NetBench.open(NetBench.internal(), resolver.share());
                NetBench well = NetBench.open(NetBench.internal(), resolver.share())) {
            for (int i = 0; i < 20; i++) {
                sick.sendGet(URI.create("http://sick-" + i + ".test:" + server.port() + "/"));
            }
            NetBench.eventually(() -> looked.get() == SystemResolver.SHARE);

            assertThat(well.text(server.uri("well.test", "/"))).isEqualTo("ok");
        }
    }
}
