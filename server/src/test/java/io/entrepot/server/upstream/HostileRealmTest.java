package io.entrepot.server.upstream;

import static io.entrepot.server.upstream.Bench.ALPINE;
import static io.entrepot.server.upstream.Bench.IDENTITY;
import static io.entrepot.server.upstream.Bench.LATEST;
import static io.entrepot.server.upstream.Bench.LOGIN;
import static io.entrepot.server.upstream.Bench.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Fault;
import io.entrepot.server.upstream.ScriptedRegistry.Answer;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** F25: whatever an upstream names as its token server, our credentials go to those that it may name, and nowhere else. */
class HostileRealmTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:CANARY/token",
                "http://localhost:CANARY/token",
                "http://[::1]:CANARY/token",
                "http://[::ffff:127.0.0.1]:CANARY/token",
                "http://[0:0:0:0:0:ffff:7f00:1]:CANARY/token",
                "http://127.1:CANARY/token",
                "http://2130706433:CANARY/token",
                "http://0x7f.0.0.1:CANARY/token",
                "http://0177.0.0.1:CANARY/token",
                "http://0.0.0.0:CANARY/token",
                "http://127.0.0.1.:CANARY/token",
                "https://127.0.0.1:CANARY/token",
                "http://OWN@127.0.0.1:CANARY/token",
                "http://kim:s3cret@OWN/token",
                "http://127.0.0.1:CANARY#@OWN/token",
                "http://127.0.0.1:CANARY?@OWN/token",
                "http://127.0.0.1:CANARY\\@OWN/token",
                "http://127.0.0.1:CANARY%2f@OWN/token",
                "http://OWN.evil.test/token",
                "//127.0.0.1:CANARY/token",
                "127.0.0.1:CANARY/token",
                "http:127.0.0.1:CANARY/token",
                "ftp://127.0.0.1:CANARY/token",
                "file:///etc/passwd",
                "http://169.254.169.254/latest/meta-data",
                "http://metadata.google.internal/computeMetadata/v1/",
                "https://auth.docker.io.evil.test/token",
                "https://auth.docker.io@evil.test/token",
                ""
            })
    void reachesNobodyAndTellsNothing(String realm) throws IOException {
        for (Credentials credentials : new Credentials[] {LOGIN, IDENTITY}) {
            try (Canary canary = Canary.listen();
                    FakeRegistry registry = FakeRegistry.start();
                    Bench bench = Bench.at(registry.url(), credentials)) {
                registry.fault(Fault.REALM.text(
                        realm.replace("CANARY", "" + canary.port()).replace("OWN", registry.host())));

                UpstreamException failure = failure(bench.upstream.manifest(ALPINE, LATEST));

                assertThat(failure.kind()).isEqualTo(Kind.INVALID);
                assertThat(failure.getMessage()).doesNotContain("s3cret");
                assertThat(canary.connections()).isZero();
                assertThat(registry.seen())
                        .singleElement()
                        .satisfies(seen ->
                                assertThat(seen.headers().has("Authorization")).isFalse());
                assertThat(bench.results(Endpoint.TOKEN)).containsExactly(UpstreamEvents.FORBIDDEN_REALM);
            }
        }
    }

    @Test
    void isNotBelievedAtTheRootEither() throws IOException {
        try (Canary canary = Canary.listen();
                ScriptedRegistry registry = ScriptedRegistry.of(request -> request.isFor("/manifests/")
                        ? Answer.of(401)
                        : Answer.of(
                                401,
                                "WWW-Authenticate: Bearer realm=\"http://127.0.0.1:" + canary.port() + "/token\""));
                Bench bench = Bench.at(registry.url(), LOGIN)) {
            assertThat(failure(bench.upstream.manifest(ALPINE, LATEST)).kind()).isEqualTo(Kind.INVALID);
            assertThat(canary.connections()).isZero();
        }
    }
}
