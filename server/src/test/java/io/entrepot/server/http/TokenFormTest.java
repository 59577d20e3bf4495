package io.entrepot.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The only body that is taken: a small form behind a head that nobody can have read otherwise. */
class TokenFormTest {

    private static final String FORM = "grant_type=password&username=a&password=b";
    private static final String TYPE = "Content-Type: application/x-www-form-urlencoded";

    private final TestMirror mirror = new TestMirror();

    @AfterEach
    void stop() {
        mirror.close();
    }

    /** Nobody can prove anything to this mirror: what is read whole leads to that answer, and the connection stays. */
    @Test
    void aFormIsReadAndWhatIsBehindItIsTheNextRequest() {
        try (RawClient client = mirror.client()) {
            client.send(post("/token", TYPE, "Content-Length: " + FORM.length()) + FORM
                    + "GET /v2/ HTTP/1.1\r\nHost: m\r\n\r\n");

            assertThat(client.read(false).status()).isEqualTo(404);
            assertThat(client.read(false).status()).isEqualTo(200);
        }
    }

    @Test
    void aFormMayComeInPieces() {
        try (RawClient client = mirror.client()) {
            client.send(post("/token", TYPE + "; charset=utf-8", "Content-Length: " + FORM.length()));
            client.send(FORM.substring(0, 5));
            client.send(FORM.substring(5));

            assertThat(client.read(false).status()).isEqualTo(404);
            assertThat(client.ask("GET", "/v2/").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 41\r\nContent-Length: 41",
                "Content-Length: 41\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked",
                "Transfer-Encoding: identity",
                "Content-Length: +41",
                "Content-Length: 041",
                "Content-Length: 0x29",
                "Content-Length: 41, 41",
                "Content-Length: -1",
                "Content-Length: 8193",
                "Content-Length: 99999999999999999999",
                "Content-Length: 41\r\nExpect: 100-continue",
                "Content-Length: 41\r\nUpgrade: h2c",
                "Content-Type: text/plain\r\nContent-Length: 41"
            })
    void anyOtherBodyEndsTheConnectionUnread(String fields) {
        try (RawClient client = mirror.client()) {
            String type = fields.startsWith("Content-Type") ? "" : TYPE + "\r\n";
            client.send("POST /token HTTP/1.1\r\nHost: m\r\n" + type + fields + "\r\n\r\n" + FORM
                    + "GET /v2/ HTTP/1.1\r\nHost: m\r\n\r\n");

            RawClient.Response refused = client.read(false);

            assertThat(refused.status()).isBetween(400, 417);
            assertThat(refused.header("Connection")).isEqualTo("close");
            assertThat(client.ended()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/", "/v2/token", "/v2/a/token", "/tokens", "/token/", "/", "/v2/a/manifests/1"})
    void nothingElseTakesAForm(String target) {
        try (RawClient client = mirror.client()) {
            client.send(post(target, TYPE, "Content-Length: " + FORM.length()) + FORM);

            assertThat(client.read(false).status()).isEqualTo(405);
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void aGetOfATokenHasNoBody() {
        assertThat(mirror.ask("GET", "/token", TYPE, "Content-Length: 5").status())
                .isEqualTo(400);
    }

    @Test
    void anAuthorizationStandsThereOnce() {
        assertThat(mirror.ask("GET", "/v2/", "Authorization: Basic YTpi", "Authorization: Basic YTpi")
                        .status())
                .isEqualTo(400);
        assertThat(mirror.ask("GET", "/v2/", "Entrepot-Node: a", "Entrepot-Node: b")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void secretsAreInNoLineThatIsLogged() {
        mirror.ask("GET", "/token?account=a&password=hidden", "Authorization: Basic aGlkZGVu");

        assertThat(mirror.exchange().toString()).contains("/token").doesNotContain("hidden", "aGlkZGVu");
        assertThat(new Received.Form(new RequestHead("", "", "", List.of()), "password=hidden"))
                .hasToString("***");
    }

    private static String post(String target, String... fields) {
        return "POST " + target + " HTTP/1.1\r\nHost: m\r\n" + String.join("\r\n", fields) + "\r\n\r\n";
    }
}
