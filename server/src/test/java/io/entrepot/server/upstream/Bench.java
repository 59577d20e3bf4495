package io.entrepot.server.upstream;

import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.config.MirrorConfig.Deadlines;
import io.entrepot.config.MirrorConfig.UnverifiedRanges;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.config.Reach;
import io.entrepot.config.Secret;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.server.http.Configs;
import io.entrepot.server.http.ScopedLeakDetector;
import io.entrepot.server.net.Clients;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.Machine;
import io.entrepot.server.net.Transport;
import io.entrepot.server.upstream.UpstreamEvents.Asked;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoopGroup;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import reactor.blockhound.BlockHound;

/** An upstream in front of a registry on a loopback port; closing it proves that no buffer leaked. */
final class Bench implements AutoCloseable {

    static {
        BlockHound.install();
    }

    static final Registry REGISTRY = new Registry("registry.test");
    static final Repository ALPINE = new Repository(REGISTRY, "library/alpine");
    static final Reference LATEST = new Reference.Tag("latest");
    static final Credentials NOBODY = new Credentials.Anonymous();
    static final Credentials LOGIN = new Credentials.Basic("kim", new Secret("s3cret"));
    static final Credentials IDENTITY = new Credentials.IdentityToken(new Secret("identity-1"));

    static final Duration PATIENT = Duration.ofSeconds(30);
    static final Duration SHORT = Duration.ofSeconds(1);

    final List<Asked> asked = new CopyOnWriteArrayList<>();
    final List<Instant> dates = new CopyOnWriteArrayList<>();
    final RegistryUpstream upstream;
    private final AtomicLong now = new AtomicLong();
    private final ScopedLeakDetector.Scope buffers = ScopedLeakDetector.open();
    private final EventLoopGroup loops = Transport.best().loops(1, "test-upstream");

    private Bench(UpstreamConfig config) {
        upstream =
                RegistryUpstream.open(config, egress -> new HttpClient(loops, egress), machine(), events(), now::get);
    }

    private Machine machine() {
        return new Machine(Map.of(), Clock.systemUTC(), now::get, ForkJoinPool.commonPool(), Clients.on(loops));
    }

    private UpstreamEvents events() {
        return new UpstreamEvents() {
            @Override
            public void asked(Asked request) {
                asked.add(request);
            }

            @Override
            public void dated(Instant date) {
                dates.add(date);
            }
        };
    }

    /** An anonymous internal upstream at this address. */
    static Bench at(URI url) {
        return at(url, NOBODY);
    }

    /** An internal upstream at this address that knows us by these credentials. */
    static Bench at(URI url, Credentials credentials) {
        return new Bench(config(url, credentials, List.of(), List.of()));
    }

    /** An anonymous internal upstream that waits so long for the head of an answer, and between two parts of its body. */
    static Bench waiting(URI url, Duration headers, Duration idle) {
        return new Bench(config(url, headers, idle));
    }

    /** An internal upstream that may redirect to this host. */
    static Bench redirecting(URI url, Credentials credentials, String host) {
        return new Bench(config(url, credentials, List.of(host), List.of()));
    }

    /** An internal upstream with this host on its list of token servers. */
    static Bench withTokenHost(URI url, Credentials credentials, String host) {
        return new Bench(config(url, credentials, List.of(), List.of(host)));
    }

    /** An anonymous internal upstream with these deadlines. */
    static UpstreamConfig config(URI url, Duration headers, Duration idle) {
        return config(url, NOBODY, List.of(), List.of(), new Deadlines(PATIENT, headers, idle));
    }

    /** An internal upstream that may redirect to these hosts, and name these token servers. */
    static UpstreamConfig config(
            URI url, Credentials credentials, List<String> redirectHosts, List<String> tokenHosts) {
        return config(url, credentials, redirectHosts, tokenHosts, new Deadlines(PATIENT, PATIENT, PATIENT));
    }

    private static UpstreamConfig config(
            URI url,
            Credentials credentials,
            List<String> redirectHosts,
            List<String> tokenHosts,
            Deadlines deadlines) {
        return new UpstreamConfig(
                REGISTRY,
                REGISTRY.name(),
                url,
                credentials,
                true,
                true,
                List.of(),
                Optional.empty(),
                redirectHosts,
                tokenHosts,
                UnverifiedRanges.WAIT,
                1,
                8,
                deadlines,
                Configs.RATE_LIMITS,
                false,
                false,
                Reach.DIRECT);
    }

    /** Lets this time pass for the tokens. */
    void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    /** What it was told of requests of this kind, in their order. */
    List<String> results(Endpoint endpoint) {
        return asked.stream()
                .filter(one -> one.endpoint() == endpoint)
                .map(Asked::result)
                .toList();
    }

    /** What the future was completed with. */
    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("it failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("it did not complete", e);
        }
    }

    /** Why the future failed, which must be a failure that callers know. */
    static UpstreamException failure(CompletableFuture<?> future) {
        try {
            Object value = future.get(60, TimeUnit.SECONDS);
            throw new AssertionError("it did not fail: " + value);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UpstreamException known) {
                return known;
            }
            throw new AssertionError("it failed otherwise", e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("it did not complete", e);
        }
    }

    /** All bytes that a reply brings. */
    static byte[] drain(BlobReply reply) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Optional<ByteBuf> next = await(reply.next()); next.isPresent(); next = await(reply.next())) {
            byte[] piece = new byte[next.get().readableBytes()];
            next.get().readBytes(piece).release();
            bytes.writeBytes(piece);
        }
        reply.close();
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        upstream.close();
        loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly();
        buffers.close();
    }
}
