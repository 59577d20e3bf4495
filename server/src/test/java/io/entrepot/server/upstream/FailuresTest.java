package io.entrepot.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Registry;
import io.entrepot.server.net.NetException;
import io.entrepot.server.upstream.UpstreamException.Kind;
import io.entrepot.server.upstream.UpstreamException.Trait;
import java.net.URI;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailuresTest {

    private final Failures failures =
            new Failures(new Registry("docker.io"), URI.create("https://registry-1.docker.io"));

    @ParameterizedTest
    @CsvSource({
        "UNREACHABLE, UNREACHABLE",
        "TIMEOUT, TIMEOUT",
        "TLS, UNREACHABLE",
        "FORBIDDEN_ADDRESS, INVALID",
        "FORBIDDEN_REDIRECT, INVALID",
        "CUT, CUT",
        "PROTOCOL, INVALID",
        "TOO_LARGE, INVALID"
    })
    void areNamedByWhatWentWrongOnTheWay(NetException.Kind net, Kind expected) {
        UpstreamException failure = failures.of(new CompletionException(new NetException(net, "host: broken")));

        assertThat(failure.kind()).isEqualTo(expected);
        assertThat(failure).hasMessage("docker.io: host: broken");
    }

    @Test
    void areKeptAsTheyAreWhereTheyAreKnown() {
        UpstreamException known = new UpstreamException(Kind.RATE_LIMITED, "docker.io: 429");

        assertThat(failures.of(new CompletionException(known))).isSameAs(known);
    }

    @Test
    void areInvalidWhereAnAnswerWasWrong() {
        assertThat(failures.of(new WrongAnswer("sent nonsense")))
                .hasMessage("docker.io: sent nonsense")
                .extracting(UpstreamException::kind)
                .isEqualTo(Kind.INVALID);
    }

    @Test
    void sayNothingOfOurOwnInsides() {
        assertThat(failures.of(new IllegalStateException("Basic a2ltOnMzY3JldA==")))
                .hasMessage("docker.io: the request failed for a reason of our own")
                .extracting(UpstreamException::kind)
                .isEqualTo(Kind.FAILED);
    }

    @Test
    void areNoSignOfTheRegistryWhereAnotherHostGaveNoToken() {
        NetException late = new NetException(NetException.Kind.TIMEOUT, "auth.docker.io: late");
        UpstreamException refused = new UpstreamException(Kind.REFUSED, "docker.io: 401");

        assertThat(failures.ofToken(late, URI.create("https://auth.docker.io/token")))
                .matches(failure -> failure.is(Trait.NO_SIGN))
                .extracting(UpstreamException::kind)
                .isEqualTo(Kind.TIMEOUT);
        assertThat(failures.ofToken(late, URI.create("https://registry-1.docker.io/token")))
                .matches(failure -> !failure.is(Trait.NO_SIGN));
        assertThat(failures.ofToken(refused, URI.create("https://auth.docker.io/token")))
                .isSameAs(refused);
    }
}
