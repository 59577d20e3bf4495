package io.entrepot.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.net.HttpCall;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TokenRequestTest {

    private static final String SCOPE = "repository:library/alpine:pull";

    @Test
    void asksByGet() {
        assertThat(request("https://auth.docker.io/token", "registry.docker.io")
                        .get("")
                        .uri())
                .hasToString("https://auth.docker.io/token?service=registry.docker.io"
                        + "&scope=repository%3Alibrary%2Falpine%3Apull");
    }

    @Test
    void keepsTheQueryThatTheRealmHas() {
        assertThat(request("https://r.test/token?account=a%20b", "s").get("").uri())
                .hasToString("https://r.test/token?account=a%20b&service=s&scope=repository%3Alibrary%2Falpine%3Apull");
    }

    @Test
    void namesNoServiceWhereNoneWasNamed() {
        assertThat(request("https://r.test/token", "").get("").uri())
                .hasToString("https://r.test/token?scope=repository%3Alibrary%2Falpine%3Apull");
    }

    @Test
    void cannotBeMadeToSayMoreByAService() {
        assertThat(request("https://r.test/token", "s&scope=*#\r\nx")
                        .get("")
                        .uri()
                        .getRawQuery())
                .isEqualTo("service=s%26scope%3D*%23%0D%0Ax&scope=repository%3Alibrary%2Falpine%3Apull");
    }

    @Test
    void sendsAnIdentityTokenInTheBodyAlone() {
        HttpCall call = request("https://r.test/token", "s").post("a+b/c=");

        assertThat(call.uri()).hasToString("https://r.test/token");
        assertThat(new String(call.body(), StandardCharsets.US_ASCII))
                .isEqualTo("grant_type=refresh_token&client_id=entrepot&service=s"
                        + "&scope=repository%3Alibrary%2Falpine%3Apull&refresh_token=a%2Bb%2Fc%3D");
    }

    private static TokenRequest request(String realm, String service) {
        return new TokenRequest(URI.create(realm), service, SCOPE);
    }
}
