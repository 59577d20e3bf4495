package io.entrepot.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.config.AwsKeysFrom;
import io.entrepot.config.BucketConfig;
import io.entrepot.config.HttpProxy;
import io.entrepot.config.Secret;
import io.entrepot.loadtest.FakeProxy;
import io.entrepot.server.audit.export.Bucket;
import io.entrepot.server.net.Egress;
import io.entrepot.server.net.HttpCall;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.Transport;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is no upstream, and not inside, is reached through the proxy, too. */
@Timeout(120)
class ProxiedServicesTest {

    private final EventLoopGroup loops = Transport.best().loops(1, "test");
    private final FakeProxy proxy = FakeProxy.start();
    private final HttpProxy through = new HttpProxy("127.0.0.1", proxy.port(), Optional.empty(), List.of());

    @AfterEach
    void stop() throws InterruptedException {
        proxy.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).await();
    }

    @Test
    void aBucketOfAmazon() throws Exception {
        try (Bucket bucket = new Buckets(loops, Optional.of(through)).open(bucket(Optional.empty(), false))) {
            assertThatThrownBy(() -> bucket.put("a", new byte[1], Map.of())).isInstanceOf(IOException.class);
        }

        assertThat(proxy.targets()).isNotEmpty().containsOnly("acme-audit.s3.eu-central-1.amazonaws.com:443");
    }

    @Test
    void notABucketInside() throws Exception {
        BucketConfig inside = bucket(Optional.of(URI.create("http://127.0.0.1:1")), true);
        try (Bucket bucket = new Buckets(loops, Optional.of(through)).open(inside)) {
            assertThatThrownBy(() -> bucket.put("a", new byte[1], Map.of())).isInstanceOf(IOException.class);
        }

        assertThat(proxy.heads()).isEmpty();
    }

    @Test
    void whoSignsCheckpointsToo() {
        try (HttpClient witness = new AuditSinks(loops, Optional.of(through)).witness(false)) {
            assertThat(witness.send(HttpCall.get(URI.create("https://witness.example/"), Map.of())))
                    .failsWithin(Duration.ofSeconds(60));
        }

        assertThat(proxy.targets()).containsExactly("witness.example:443");
    }

    @ParameterizedTest
    @CsvSource({
        "https://token.actions.githubusercontent.com/.well-known/jwks, true",
        "https://8.8.8.8/jwks, true",
        "https://kubernetes.default.svc/openid/v1/jwks, false",
        "https://kubernetes.default.svc.cluster.local/openid/v1/jwks, false",
        "https://issuer/jwks, false",
        "https://10.0.0.1:6443/openid/v1/jwks, false",
        "https://127.0.0.1/jwks, false"
    })
    void whoIssuesTokensUnlessTheNameCanOnlyBeInside(URI keys, boolean proxied) {
        Egress egress = Egress.toIssuer(keys, Optional.empty(), Optional.of(through));

        assertThat(egress.proxy().isPresent()).isEqualTo(proxied);
    }

    private static BucketConfig bucket(Optional<URI> endpoint, boolean internal) {
        return new BucketConfig(
                "acme-audit",
                "",
                "eu-central-1",
                endpoint,
                endpoint.isPresent(),
                Optional.empty(),
                internal,
                new AwsKeysFrom.Given("AKIDEXAMPLE", new Secret("s3cret"), Optional.empty()),
                Duration.ZERO,
                BucketConfig.LockMode.COMPLIANCE);
    }
}
