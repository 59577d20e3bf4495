package io.entrepot.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each failure has the code and the status that clients understand. */
class RegistryExceptionTest {

    private static final Repository ELSEWHERE = new Repository(new Registry("registry.corp:5000"), "team/app");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @ParameterizedTest
    @MethodSource("all")
    void hasItsStatusAndCode(RegistryException e, int status, String code) {
        assertThat(e.status()).isEqualTo(status);
        assertThat(e.code()).isEqualTo(code);
    }

    static Stream<Arguments> all() {
        return Stream.of(
                Arguments.of(new RegistryException.BlobUnknown("m"), 404, "BLOB_UNKNOWN"),
                Arguments.of(new RegistryException.ManifestUnknown("m"), 404, "MANIFEST_UNKNOWN"),
                Arguments.of(new RegistryException.NameUnknown("m"), 404, "NAME_UNKNOWN"),
                Arguments.of(new RegistryException.NameInvalid("m"), 400, "NAME_INVALID"),
                Arguments.of(new RegistryException.DigestInvalid("m"), 400, "DIGEST_INVALID"),
                Arguments.of(new RegistryException.BadRequest(414, "m"), 414, "UNSUPPORTED"),
                Arguments.of(new RegistryException.Unsupported("m"), 405, "UNSUPPORTED"),
                Arguments.of(
                        new RegistryException.Unauthorized("m", RegistryException.Unauthorized.Why.UNKNOWN),
                        401,
                        "UNAUTHORIZED"),
                Arguments.of(new RegistryException.Denied("m"), 403, "DENIED"),
                Arguments.of(new RegistryException.NotAnUpstream(ELSEWHERE), 403, "DENIED"),
                Arguments.of(new RegistryException.TooManyRequests("m", MINUTE), 429, "TOOMANYREQUESTS"),
                Arguments.of(new RegistryException.BadUpstream("m"), 502, "UNKNOWN"),
                Arguments.of(new RegistryException.Unavailable("m", MINUTE), 503, "UNAVAILABLE"),
                Arguments.of(new RegistryException.NotHere("m"), 503, "UNAVAILABLE"),
                Arguments.of(new RegistryException.RangeNotSatisfiable(5), 416, "SIZE_INVALID"));
    }

    @Test
    void saysHowARegistryBecomesAnUpstream() {
        assertThat(new RegistryException.NotAnUpstream(ELSEWHERE))
                .returns(ELSEWHERE, RegistryException.NotAnUpstream::repository)
                .hasMessage("registry.corp:5000 is not an upstream of this mirror; these lines add it: "
                        + "upstreams: { \"registry.corp:5000\": {} }");
    }

    @Test
    void isHereInEveryCase() {
        Stream<String> tested =
                all().map(arguments -> arguments.get()[0].getClass().getName());

        assertThat(tested)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(RegistryException.class.getPermittedSubclasses())
                        .map(Class::getName)
                        .toList());
    }

    @Test
    void saysWhenToAskAgainOnlyWhereThatIsKnown() {
        assertThat(new RegistryException.Unavailable("m", MINUTE).retryAfter()).isEqualTo(MINUTE);
        assertThat(new RegistryException.TooManyRequests("m", MINUTE).retryAfter())
                .isEqualTo(MINUTE);
        assertThat(new RegistryException.Denied("m").retryAfter()).isZero();
    }

    @Test
    void carriesTheSizeThatARangeLiesOutsideOf() {
        RegistryException.RangeNotSatisfiable e = new RegistryException.RangeNotSatisfiable(5);

        assertThat(e.size()).isEqualTo(5);
        assertThat(e).hasMessage("the range lies outside of the 5 bytes that there are");
    }

    @Test
    void costsNoStackTrace() {
        assertThat(new RegistryException.Denied("m").getStackTrace()).isEmpty();
    }
}
