package io.entrepot.server.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.Secret;
import io.entrepot.server.net.HttpCall;
import io.entrepot.server.net.HttpCall.Method;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against what Amazon publishes: its signature test suite, the IAM guide, and the examples of the S3 reference. */
class SigV4Test {

    private static final AwsKeys SUITE_KEYS =
            new AwsKeys("AKIDEXAMPLE", new Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), Optional.empty());
    private static final AwsKeys S3_KEYS = new AwsKeys(
            "AKIAIOSFODNN7EXAMPLE", new Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), Optional.empty());
    private static final Instant SUITE = Instant.parse("2015-08-30T12:36:00Z");
    private static final Instant S3 = Instant.parse("2013-05-24T00:00:00Z");
    private static final String OBJECT = "https://examplebucket.s3.amazonaws.com";

    @ParameterizedTest
    @CsvSource({
        // get-vanilla, get-relative, get-slash-dot-slash, get-slashes
        "GET,  /,                     5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        "GET,  /example/..,           5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        "GET,  /./,                   5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        // get-utf8
        "GET,  /\u1234,               8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
        // get-vanilla-query-order-key-case, get-vanilla-utf8-query
        "GET,  /?Param2=value2&Param1=value1, b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        "GET,  /?\u1234=bar,          2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
        // post-vanilla
        "POST, /,                     5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    })
    void signsLikeTheSuite(Method method, String path, String signature) {
        HttpCall signed = sign(method, path, Map.of(), "");

        assertThat(signed.headers())
                .containsEntry("X-Amz-Date", "20150830T123600Z")
                .containsEntry(
                        "Authorization",
                        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
                                + " SignedHeaders=host;x-amz-date, Signature=" + signature);
    }

    @Test
    void signsEveryUnreservedLetterAsItIs() {
        String path = "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

        assertThat(signature(sign(Method.GET, path, Map.of(), "")))
                .isEqualTo("07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f");
    }

    @Test
    void signsHeadersWithoutTheirOuterAndDoubleSpaces() {
        // get-header-value-trim
        Map<String, String> headers = Map.of("My-Header1", " value1", "My-Header2", " \"a   b   c\"");

        assertThat(signature(sign(Method.GET, "/", headers, "")))
                .isEqualTo("acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736");
    }

    @Test
    void signsAForm() {
        // post-x-www-form-urlencoded
        Map<String, String> headers = Map.of("Content-Type", "application/x-www-form-urlencoded");

        assertThat(signature(sign(Method.POST, "/", headers, "Param1=value1")))
                .isEqualTo("ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");
    }

    @Test
    void signsAQueryApiAsTheIamGuideShows() {
        HttpCall call = HttpCall.get(
                URI.create("https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08"),
                Map.of("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"));

        HttpCall signed = SigV4.of("iam", "us-east-1").sign(call, SUITE_KEYS, SUITE);

        assertThat(signed.headers())
                .containsEntry(
                        "Authorization",
                        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request,"
                                + " SignedHeaders=content-type;host;x-amz-date,"
                                + " Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
    }

    @Test
    void signsAnObjectThatIsRead() {
        HttpCall call = HttpCall.get(URI.create(OBJECT + "/test.txt"), Map.of("Range", "bytes=0-9"));

        HttpCall signed = SigV4.s3("us-east-1").sign(call, S3_KEYS, S3);

        assertThat(signed.headers())
                .containsEntry(
                        "X-Amz-Content-Sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
                .containsEntry(
                        "Authorization",
                        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                                + " SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
                                + " Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    }

    @Test
    void signsAnObjectThatIsWritten() {
        HttpCall call = new HttpCall(
                Method.PUT,
                URI.create(OBJECT + "/test%24file.text"),
                Map.of("Date", "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class", "REDUCED_REDUNDANCY"),
                "Welcome to Amazon S3.".getBytes(StandardCharsets.UTF_8));

        HttpCall signed = SigV4.s3("us-east-1").sign(call, S3_KEYS, S3);

        assertThat(signature(signed)).isEqualTo("98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
        assertThat(signed.body()).isEqualTo(call.body());
    }

    @ParameterizedTest
    @CsvSource({
        "/?lifecycle,             fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        "/?max-keys=2&prefix=J,   34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    })
    void signsQueriesOfABucket(String path, String signature) {
        HttpCall signed = SigV4.s3("us-east-1").sign(HttpCall.get(URI.create(OBJECT + path), Map.of()), S3_KEYS, S3);

        assertThat(signature(signed)).isEqualTo(signature);
    }

    @Test
    void sendsAndSignsTheTokenOfKeysThatEnd() {
        AwsKeys ending = new AwsKeys(SUITE_KEYS.id(), SUITE_KEYS.secret(), Optional.of(new Secret("session-1")));

        HttpCall signed = SigV4.of("service", "us-east-1").sign(call(Method.POST, "/", Map.of(), ""), ending, SUITE);

        assertThat(signed.headers()).containsEntry("X-Amz-Security-Token", "session-1");
        assertThat(signed.headers().get("Authorization"))
                .contains("SignedHeaders=host;x-amz-date;x-amz-security-token,")
                .doesNotContain("session-1");
    }

    @Test
    void signsThePortThatTheHostHeaderWillHave() {
        HttpCall call = HttpCall.get(URI.create("https://example.amazonaws.com:8443/"), Map.of());

        assertThat(signature(SigV4.of("service", "us-east-1").sign(call, SUITE_KEYS, SUITE)))
                .isNotEqualTo("5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    }

    @Test
    void signsNothingThatTheClientSetsItself() {
        Map<String, String> headers = Map.of("User-Agent", "entrepot", "Accept-Encoding", "identity");

        assertThat(signature(sign(Method.GET, "/", headers, "")))
                .isEqualTo("5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    }

    @Test
    void neverPrintsASecret() {
        assertThat(SUITE_KEYS.toString()).isEqualTo("AKIDEXAMPLE:***");
    }

    private static HttpCall sign(Method method, String path, Map<String, String> headers, String body) {
        return SigV4.of("service", "us-east-1").sign(call(method, path, headers, body), SUITE_KEYS, SUITE);
    }

    private static HttpCall call(Method method, String path, Map<String, String> headers, String body) {
        return new HttpCall(
                method,
                URI.create("https://example.amazonaws.com" + path),
                headers,
                body.getBytes(StandardCharsets.UTF_8));
    }

    private static String signature(HttpCall signed) {
        String authorization = String.valueOf(signed.headers().get("Authorization"));
        return authorization.substring(authorization.indexOf("Signature=") + "Signature=".length());
    }
}
