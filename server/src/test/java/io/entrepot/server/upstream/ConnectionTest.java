package io.entrepot.server.upstream;

import static io.entrepot.server.upstream.Bench.ALPINE;
import static io.entrepot.server.upstream.Bench.LATEST;
import static io.entrepot.server.upstream.Bench.await;
import static io.entrepot.server.upstream.Bench.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.MirrorConfig.Deadlines;
import io.entrepot.config.MirrorConfig.UnverifiedRanges;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.config.Reach;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.TestImage;
import io.entrepot.loadtest.TestTls;
import io.entrepot.loadtest.TokenAuth;
import io.entrepot.server.http.Configs;
import io.entrepot.server.net.Clients;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.Machine;
import io.entrepot.server.net.Transport;
import io.entrepot.server.upstream.UpstreamException.Kind;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a broken way to an upstream is called. */
class ConnectionTest {

    private static final TestImage IMAGE = ImageBuilder.image().layer(10).build();

    @ParameterizedTest
    @CsvSource({"NO_ANSWER, CUT", "GARBAGE, INVALID", "HUGE_HEAD, INVALID"})
    void isNamedByWhatBroke(Fault fault, Kind kind) {
        try (FakeRegistry registry = FakeRegistry.start();
                Bench bench = Bench.at(registry.url())) {
            registry.fault(fault);

            UpstreamException failure = failure(bench.upstream.manifest(ALPINE, LATEST));

            assertThat(failure.kind()).isEqualTo(kind);
            assertThat(failure).hasMessageStartingWith("registry.test: ");
        }
    }

    @Test
    void isTooSlowWhereNoAnswerComes() {
        try (FakeRegistry registry = FakeRegistry.start();
                Bench bench = Bench.waiting(registry.url(), Bench.SHORT, Bench.PATIENT)) {
            registry.fault(Fault.HANG);

            assertThat(failure(bench.upstream.head(ALPINE, LATEST)).kind()).isEqualTo(Kind.TIMEOUT);
        }
    }

    @Test
    void isUnreachableWhereNobodyListens() {
        try (FakeRegistry registry = FakeRegistry.start();
                Bench bench = Bench.at(registry.url())) {
            registry.stop();
            assertThat(failure(bench.upstream.head(ALPINE, LATEST)).kind()).isEqualTo(Kind.UNREACHABLE);
        }
    }

    @Test
    void isNamedForTheTokenServerAsForTheRegistry() {
        try (FakeRegistry registry =
                        FakeRegistry.builder().auth(TokenAuth.anonymous()).start();
                Bench bench = Bench.waiting(registry.url(), Bench.SHORT, Bench.PATIENT)) {
            registry.fault(Fault.HANG.on("/token"));

            assertThat(failure(bench.upstream.head(ALPINE, LATEST)).kind()).isEqualTo(Kind.TIMEOUT);
        }
    }

    @Test
    void isUnreachableWhereTheCertificateIsNotTrusted(@TempDir Path directory) {
        try (FakeRegistry registry = FakeRegistry.builder()
                        .tls(TestTls.forLoopback(directory))
                        .start();
                Bench bench = Bench.at(registry.url())) {
            assertThat(failure(bench.upstream.head(ALPINE, LATEST)))
                    .hasMessageContaining("TLS")
                    .extracting(UpstreamException::kind)
                    .isEqualTo(Kind.UNREACHABLE);
        }
    }

    @Test
    void isNotTriedToALoopbackAddressUnlessTheUpstreamIsInternal() throws IOException {
        EventLoopGroup loops = Transport.best().loops(1, "test-upstream");
        try (Canary canary = Canary.listen();
                RegistryUpstream upstream = RegistryUpstream.open(
                        external(URI.create("https://127.0.0.1:" + canary.port())),
                        egress -> new HttpClient(loops, egress),
                        Machine.ours(Clients.on(loops)),
                        asked -> {})) {
            assertThat(failure(upstream.head(ALPINE, LATEST)).kind()).isEqualTo(Kind.INVALID);
            assertThat(canary.connections()).isZero();
        } finally {
            loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    @Test
    void isMadeAnewAfterTheUpstreamWasGone() {
        try (FakeRegistry registry = FakeRegistry.start();
                Bench bench = Bench.at(registry.url())) {
            registry.push("library/alpine", "latest", IMAGE);
            await(bench.upstream.head(ALPINE, LATEST));
            registry.stop();
            failure(bench.upstream.head(ALPINE, LATEST));
            registry.restart();

            assertThat(await(bench.upstream.head(ALPINE, LATEST))).contains(IMAGE.descriptor());
        }
    }

    private static UpstreamConfig external(URI url) {
        return new UpstreamConfig(
                Bench.REGISTRY,
                Bench.REGISTRY.name(),
                url,
                Bench.NOBODY,
                false,
                true,
                List.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                UnverifiedRanges.WAIT,
                1,
                8,
                new Deadlines(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(10)),
                Configs.RATE_LIMITS,
                false,
                false,
                Reach.DIRECT);
    }
}
