package io.entrepot.server.http;

import io.entrepot.config.MirrorConfig;
import io.entrepot.config.MirrorConfig.Alias;
import io.entrepot.config.MirrorConfig.Limits;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.config.Network;
import io.entrepot.oci.Registry;
import io.entrepot.server.access.Access;
import io.entrepot.server.audit.AuditLog;
import io.entrepot.server.content.TagPatterns;
import io.entrepot.server.net.Transport;
import io.entrepot.server.policy.PullPolicy;
import io.entrepot.server.pull.Notebook;
import io.entrepot.server.pull.PullService;
import io.entrepot.server.pull.Router;
import io.entrepot.server.pull.Settings;
import io.entrepot.server.pull.UpstreamFinder;
import io.entrepot.server.tls.Encryption;
import io.entrepot.server.trust.Trust;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import reactor.blockhound.BlockHound;

/** The data port in front of fake content, on real sockets; closing it proves that no buffer leaked. */
final class TestMirror implements AutoCloseable {

    static final Transport TRANSPORT = Transport.best();

    static {
        // from here on an event loop that blocks, in any test of this process, fails
        BlockHound.install();
    }

    final FakeContent content = new FakeContent();
    final FakeUpstream hub = new FakeUpstream("docker.io");
    final FakeUpstream quay = new FakeUpstream("quay.io:5000");
    final BlockingQueue<Exchanged> exchanges = new LinkedBlockingQueue<>();
    final DataServer server;
    final int port;
    private final ScopedLeakDetector.Scope buffers = ScopedLeakDetector.open();
    private final EventLoopGroup loops = TRANSPORT.loops(1, "test-data");

    TestMirror() {
        this(Configs.LIMITS, Optional.empty(), List.of());
    }

    TestMirror(Limits limits, Optional<Supplier<Encryption>> tls, List<UpstreamConfig> restricted) {
        this(bounds(limits), tls, restricted);
    }

    /** Bounds that nothing but the limits sets. */
    static Bounds bounds(Limits limits, String... trusted) {
        return new Bounds(
                limits,
                new TrustedProxies(Stream.of(trusted).map(Network::parse).toList()),
                FileDescriptors.endless(),
                new DirectMemory(Long.MAX_VALUE, () -> 0, () -> 0));
    }

    TestMirror(Bounds bounds, Optional<Supplier<Encryption>> tls, List<UpstreamConfig> restricted) {
        MirrorConfig config = Configs.config(
                Optional.of(Registry.DOCKER_HUB),
                Map.of("quay.mirror", quay.registry()),
                List.of(new Alias("harbor.corp/dockerhub", "docker.io")));
        restricted.forEach(each -> (each.registry().equals(hub.registry()) ? hub : quay).is(each));
        Settings settings = new Settings(
                1,
                new Router(config, UpstreamFinder.of(Map.of(hub.registry(), hub, quay.registry(), quay))),
                TagPatterns.of(Configs.TAGS),
                Access.OPEN,
                PullPolicy.OPEN);
        PullService pulls = new PullService(
                () -> settings, content, new Trust(), AuditLog.unrecorded(), Notebook.blank(), (rule, outcome) -> {});
        server = new DataServer(TRANSPORT, loops, bounds, pulls, exchanges::add);
        InetSocketAddress any = new InetSocketAddress("127.0.0.1", 0);
        port = (tls.isPresent() ? server.bindTls(any, tls.get()) : server.bind(any))
                .join()
                .getPort();
    }

    RawClient client() {
        return RawClient.connect(port);
    }

    /** Sends one request on a connection of its own. */
    RawClient.Response ask(String method, String target, String... headers) {
        try (RawClient client = client()) {
            return client.ask(method, target, headers);
        }
    }

    /** The next request that is done with. */
    Exchanged exchange() {
        try {
            Exchanged exchange = exchanges.poll(60, TimeUnit.SECONDS);
            if (exchange == null) {
                throw new AssertionError("no request ended");
            }
            return exchange;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns when the event loop has run a timer of so long. */
    void afterMillis(long millis) {
        loops.next().schedule(() -> {}, millis, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }

    @Override
    public void close() {
        server.close(Duration.ofSeconds(5)).join();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        buffers.close();
    }
}
