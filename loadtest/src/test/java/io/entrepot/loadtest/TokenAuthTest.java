package io.entrepot.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TokenAuthTest {

    private static final Pattern TOKEN = Pattern.compile("\"(?:access_)?token\":\"([^\"]+)\"");
    private static final TestImage IMAGE = ImageBuilder.image().layer(10).build();
    private static final String MANIFEST = "/v2/team/app/manifests/1";
    private static final String SCOPE = "scope=repository:team/app:pull";
    private static final String BASIC = "Authorization: " + Auth.basicValue("ann", "s3cret");

    @Test
    void challengesWithRealmServiceAndScope() {
        try (FakeRegistry registry = guarded(TokenAuth.anonymous())) {
            RawHttp.Response response = RawHttp.get(registry.url(MANIFEST));

            assertThat(response.status()).isEqualTo(401);
            assertThat(response.header("WWW-Authenticate"))
                    .isEqualTo("Bearer realm=\"" + registry.url("/token")
                            + "\",service=\"fake\",scope=\"repository:team/app:pull\"");
        }
    }

    @Test
    void grantsTokensToEveryone() {
        try (FakeRegistry registry = guarded(TokenAuth.anonymous())) {
            String token = token(RawHttp.get(registry.url("/token?service=fake&" + SCOPE)));

            assertThat(RawHttp.get(registry.url(MANIFEST), "Authorization: Bearer " + token)
                            .body())
                    .isEqualTo(IMAGE.manifest());
            assertThat(registry.tokenRequests()).isEqualTo(1);
        }
    }

    @Test
    void refusesATokenForAnotherRepository() {
        try (FakeRegistry registry = guarded(TokenAuth.anonymous())) {
            String token = token(RawHttp.get(registry.url("/token?scope=repository:other:pull")));

            assertThat(RawHttp.get(registry.url(MANIFEST), "Authorization: Bearer " + token)
                            .header("WWW-Authenticate"))
                    .endsWith("error=\"insufficient_scope\"");
        }
    }

    @Test
    void refusesATokenThatHasExpired() {
        try (FakeRegistry registry = guarded(TokenAuth.anonymous().lifetime(Duration.ofNanos(1)))) {
            String token = token(RawHttp.get(registry.url("/token?" + SCOPE)));

            assertThat(RawHttp.get(registry.url(MANIFEST), "Authorization: Bearer " + token)
                            .header("WWW-Authenticate"))
                    .endsWith("error=\"invalid_token\"");
        }
    }

    @Test
    void refusesATokenThatWasRevoked() {
        TokenAuth auth = TokenAuth.anonymous();
        try (FakeRegistry registry = guarded(auth)) {
            String token = token(RawHttp.get(registry.url("/token?" + SCOPE)));
            auth.revoke();

            assertThat(RawHttp.get(registry.url(MANIFEST), "Authorization: Bearer " + token)
                            .status())
                    .isEqualTo(401);
        }
    }

    @Test
    void grantsTokensToAUserByGet() {
        try (FakeRegistry registry = guarded(TokenAuth.password("ann", "s3cret"))) {
            String token = token(RawHttp.get(registry.url("/token?" + SCOPE), BASIC));

            assertThat(RawHttp.get(registry.url(MANIFEST), "Authorization: Bearer " + token)
                            .status())
                    .isEqualTo(200);
            assertThat(RawHttp.get(registry.url("/token?" + SCOPE)).status()).isEqualTo(401);
            assertThat(RawHttp.get(registry.url("/token?" + SCOPE), "Authorization: Basic eDp5")
                            .status())
                    .isEqualTo(401);
        }
    }

    @Test
    void grantsTokensToAUserByPost() throws IOException {
        try (FakeRegistry registry = guarded(TokenAuth.password("ann", "s3cret"))) {
            String form = "grant_type=password&service=fake&client_id=t&username=ann&password=s3cret&" + SCOPE;

            String token = token(post(registry, form));

            assertThat(RawHttp.get(registry.url(MANIFEST), "Authorization: Bearer " + token)
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void grantsTokensForAnIdentityToken() throws IOException {
        try (FakeRegistry registry = guarded(TokenAuth.identity("id-1"))) {
            String form = "grant_type=refresh_token&service=fake&client_id=t&refresh_token=";

            assertThat(token(post(registry, form + "id-1&" + SCOPE))).isNotEmpty();
            assertThat(post(registry, form + "id-2&" + SCOPE).status()).isEqualTo(401);
        }
    }

    @Test
    void answersPostWith404WhereItIsNotSupported() throws IOException {
        try (FakeRegistry registry = guarded(TokenAuth.password("ann", "s3cret").withoutPost())) {
            assertThat(post(registry, "grant_type=password").status()).isEqualTo(404);
        }
    }

    @Test
    void grantsAnEmptyTokenForWhatIsNotOpenToEveryone() {
        try (FakeRegistry registry = guarded(TokenAuth.password("ann", "s3cret").openTo("public/"))) {
            String token = token(RawHttp.get(registry.url("/token?" + SCOPE)));

            assertThat(RawHttp.get(registry.url(MANIFEST), "Authorization: Bearer " + token)
                            .status())
                    .isEqualTo(401);
        }
    }

    @Test
    void worksWithTheRealmOnAnotherRegistry() {
        TokenAuth auth = TokenAuth.anonymous();
        try (FakeRegistry registry = guarded(auth);
                FakeRegistry other = guarded(auth)) {
            auth.realm(other.url("/token"));

            assertThat(RawHttp.get(registry.url(MANIFEST)).header("WWW-Authenticate"))
                    .contains("realm=\"" + other.url("/token"));
            String token = token(RawHttp.get(other.url("/token?" + SCOPE)));
            assertThat(RawHttp.get(registry.url(MANIFEST), "Authorization: Bearer " + token)
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void saysWhatItWasToldToSay() {
        TokenAuth auth = TokenAuth.anonymous().onlyAccessToken().withoutExpiry();
        try (FakeRegistry registry = guarded(auth)) {
            assertThat(RawHttp.get(registry.url("/token?" + SCOPE)).text())
                    .startsWith("{\"access_token\":")
                    .doesNotContain("\"token\"", "expires_in");
        }
    }

    @Test
    void asksForBasicAuthentication() {
        try (FakeRegistry registry = guarded(Auth.basic("ann", "s3cret"))) {
            assertThat(RawHttp.get(registry.url(MANIFEST)).header("WWW-Authenticate"))
                    .startsWith("Basic ");
            assertThat(RawHttp.get(registry.url(MANIFEST), BASIC).status()).isEqualTo(200);
        }
    }

    private static FakeRegistry guarded(Auth auth) {
        FakeRegistry registry = FakeRegistry.builder().auth(auth).start();
        registry.push("team/app", "1", IMAGE);
        return registry;
    }

    private static RawHttp.Response post(FakeRegistry registry, String form) throws IOException {
        try (RawConnection connection = RawConnection.open(registry.url())) {
            connection.write("POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: " + form.length() + "\r\n\r\n" + form);
            return connection.answer("POST").readAll();
        }
    }

    private static String token(RawHttp.Response response) {
        Matcher matcher = TOKEN.matcher(response.text());
        assertThat(matcher.find()).as(response.text()).isTrue();
        return matcher.group(1);
    }
}
