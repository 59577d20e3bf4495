package io.entrepot.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The bucket of the tests computes the signature that Amazon publishes. */
class FakeBucketTest {

    /** {@code get-vanilla-query-order-key-case}. */
    @Test
    void signsLikeAmazonsSuite() {
        Map<String, String> headers = Map.of("host", "example.amazonaws.com", "x-amz-date", "20150830T123600Z");

        assertThat(FakeBucket.signature(
                        "GET",
                        URI.create("/?Param2=value2&Param1=value1"),
                        List.of("host", "x-amz-date"),
                        name -> headers.getOrDefault(name, ""),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                        "20150830/us-east-1/service/aws4_request"))
                .isEqualTo("b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
    }
}
