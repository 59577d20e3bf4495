package io.entrepot.server.upstream;

import io.entrepot.config.ConfigException;
import io.entrepot.config.ConfigLoader;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.server.net.Clients;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.Machine;
import io.entrepot.server.net.Transport;
import io.entrepot.server.upstream.Upstream.ManifestReply;
import io.netty.channel.EventLoopGroup;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** An upstream as its entry in a configuration makes it, at an address of the test. */
final class VendorBench implements AutoCloseable {

    final RegistryUpstream upstream;
    private final Registry registry;
    private final AtomicLong now = new AtomicLong();
    private final EventLoopGroup loops = Transport.best().loops(1, "test-vendor");

    private VendorBench(UpstreamConfig config, Map<String, String> environment) {
        registry = config.registry();
        upstream = RegistryUpstream.open(
                config,
                egress -> new HttpClient(loops, egress),
                new Machine(environment, Clock.systemUTC(), now::get, ForkJoinPool.commonPool(), Clients.on(loops)),
                asked -> {},
                now::get);
    }

    /** @param more of its entry in YAML's flow style, as in {@code shared: true, auth: { … }}; empty for nothing */
    static VendorBench of(String name, URI url, String more, Map<String, String> environment) {
        try {
            String text = "upstreams: { \"" + name + "\": { url: \"" + url + "\", internal: true"
                    + (more.isEmpty() ? "" : ", " + more) + " } }";
            return new VendorBench(
                    ConfigLoader.parse("test", text, environment)
                            .upstreams()
                            .values()
                            .iterator()
                            .next(),
                    environment);
        } catch (ConfigException e) {
            throw new AssertionError(e);
        }
    }

    static VendorBench of(String name, URI url, String more) {
        return of(name, url, more, Map.of("PASSWORD", "s3cret"));
    }

    Repository repository(String path) {
        return new Repository(registry, path);
    }

    CompletableFuture<ManifestReply> manifest(String path, String tag) {
        return upstream.manifest(repository(path), new Reference.Tag(tag));
    }

    void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Override
    public void close() {
        upstream.close();
        loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
