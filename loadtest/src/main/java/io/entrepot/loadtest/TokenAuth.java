package io.entrepot.loadtest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Bearer tokens as in the distribution project's token.md and oauth.md. It guards a registry and grants tokens at
 * {@code /token} of every registry that was built with it; {@link #realm} points clients elsewhere.
 */
public final class TokenAuth extends Auth {

    /** A granted token: what it is for, and when it ends on the clock of {@link System#nanoTime}. */
    private record Grant(Set<String> scopes, long endsAt) {}

    /** A prefix that no repository has. */
    private static final String NOBODY = "!";

    private final String user;
    private volatile String password;
    private final String refreshToken;
    private final Map<String, Grant> grants = new ConcurrentHashMap<>();
    private final Map<String, String> others = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private volatile String realm = "";
    private volatile String openPrefix;
    private volatile String closedPrefix = NOBODY;
    private volatile Duration said = Duration.ofMinutes(5);
    private volatile Duration lifetime = Duration.ofMinutes(5);
    private volatile String field = "both";
    private volatile boolean acceptsPost = true;
    private volatile boolean saysExpiry = true;
    private volatile String exchange = "";
    private volatile Vendor vendor = Vendor.DISTRIBUTION;

    private TokenAuth(String user, String password, String refreshToken, String openPrefix) {
        this.user = user;
        this.password = password;
        this.refreshToken = refreshToken;
        this.openPrefix = openPrefix;
    }

    /** Tokens for everyone, as public images have them. */
    public static TokenAuth anonymous() {
        return new TokenAuth("", "", "", "");
    }

    /** Tokens for this user, by GET with basic authentication or by POST of a form. */
    public static TokenAuth password(String user, String password) {
        return new TokenAuth(user, password, "", NOBODY);
    }

    /** Tokens for who holds this identity token, by POST with {@code grant_type=refresh_token}. */
    public static TokenAuth identity(String refreshToken) {
        return new TokenAuth("", "", refreshToken, NOBODY);
    }

    /** Names this address in the challenge instead of the registry's own {@code /token}. */
    public TokenAuth realm(URI address) {
        realm = address.toString();
        return this;
    }

    /** Grants pull to everyone in repositories whose name starts with this; a token for others is granted, but empty. */
    public TokenAuth openTo(String prefix) {
        openPrefix = prefix;
        return this;
    }

    /** Grants nobody anything in repositories whose name starts with this, whoever asks; the token is granted, but empty. */
    public TokenAuth closedTo(String prefix) {
        closedPrefix = prefix;
        return this;
    }

    /** Another user, who is granted pull in repositories whose name starts with this, and in open ones. */
    public TokenAuth user(String name, String secret, String prefix) {
        others.put(basicValue(name, secret), prefix);
        return this;
    }

    /** Knows this user no more; tokens stay good. */
    public TokenAuth withoutUser(String name, String secret) {
        others.remove(basicValue(name, secret));
        return this;
    }

    /** How long tokens are said to last and do last (default 300 s). */
    public TokenAuth expiresIn(Duration duration) {
        said = duration;
        return lifetime(duration);
    }

    /** How long tokens do last, whatever is said. */
    public TokenAuth lifetime(Duration duration) {
        lifetime = duration;
        return this;
    }

    /** Says {@code access_token} only, as OAuth2 servers do. */
    public TokenAuth onlyAccessToken() {
        field = "access_token";
        return this;
    }

    /** Says {@code token} only, as older servers do. */
    public TokenAuth onlyToken() {
        field = "token";
        return this;
    }

    /** Says neither expiry nor time of issue. */
    public TokenAuth withoutExpiry() {
        saysExpiry = false;
        return this;
    }

    /** Answers POST with 404, as many servers do. */
    public TokenAuth withoutPost() {
        acceptsPost = false;
        return this;
    }

    /** Gives its identity token for this access token of somebody else, as Azure's registries do for one of Entra ID. */
    public TokenAuth exchanging(String accessToken) {
        exchange = accessToken;
        return this;
    }

    /** The identity token for an access token. */
    Optional<String> exchanged(String accessToken) {
        return exchange.isEmpty() || !exchange.equals(accessToken) ? Optional.empty() : Optional.of(refreshToken);
    }

    /** Speaks as this vendor's token server does. */
    public TokenAuth like(Vendor other) {
        vendor = other;
        return this;
    }

    /** Whether it answers at this path. */
    boolean isAt(String path) {
        return path.equals(vendor.tokenPath());
    }

    /** Takes another password of the user from now on, and ends all tokens granted for the one before. */
    public void rotate(String other) {
        password = other;
        revoke();
    }

    /** Ends all tokens granted so far. */
    public void revoke() {
        grants.clear();
    }

    /** How many tokens were granted. */
    public int granted() {
        return count.get();
    }

    @Override
    Optional<Reply> refuse(Request request, String repository, URI self) {
        String authorization = request.headers().first("Authorization").orElse("");
        if (!authorization.startsWith("Bearer ")) {
            return Optional.of(challenge(repository, self, ""));
        }
        Grant grant = grants.get(authorization.substring("Bearer ".length()));
        if (grant == null || grant.endsAt() - System.nanoTime() < 0) {
            return Optional.of(challenge(repository, self, ",error=\"invalid_token\""));
        }
        if (!repository.isEmpty() && !grant.scopes().contains(pull(repository))) {
            return Optional.of(challenge(repository, self, ",error=\"insufficient_scope\""));
        }
        return Optional.empty();
    }

    private Reply challenge(String repository, URI self, String error) {
        String where = realm.isEmpty() ? self + vendor.tokenPath() : realm;
        String named = repository.isEmpty() ? vendor.scopeOfRoot() : pull(repository);
        String scope = named.isEmpty() ? "" : ",scope=\"" + named + "\"";
        return Reply.error(401, "authentication required")
                .with(
                        "WWW-Authenticate",
                        "Bearer realm=\"" + where + "\",service=\"" + vendor.service() + "\"" + scope + error);
    }

    private static String pull(String repository) {
        return "repository:" + repository + ":pull";
    }

    /** Answers a request for a token. */
    Reply token(Request request) {
        return switch (request.method()) {
            case "GET" -> byGet(request);
            case "POST" -> acceptsPost ? byPost(request) : Reply.error(404, "no such page");
            default -> Reply.error(405, "GET or POST");
        };
    }

    private Reply byGet(Request request) {
        Optional<String> authorization = request.headers().first("Authorization");
        boolean known = authorization.equals(Optional.of(basicValue(user, password))) && !user.isEmpty();
        String prefix = authorization.map(others::get).orElse(null);
        if (prefix != null) {
            return grant(request.parameters("scope").stream(), prefix);
        }
        boolean nobody = authorization.isEmpty() && openPrefix.equals(NOBODY);
        if (nobody || (authorization.isPresent() && !known)) {
            return Reply.error(401, "wrong credentials").with("WWW-Authenticate", "Basic realm=\"fake tokens\"");
        }
        return grant(request.parameters("scope").stream(), known ? "" : openPrefix);
    }

    private Reply byPost(Request request) {
        boolean known = switch (field(request, "grant_type")) {
            case "password" ->
                !user.isEmpty()
                        && user.equals(field(request, "username"))
                        && password.equals(field(request, "password"));
            case "refresh_token" -> !refreshToken.isEmpty() && refreshToken.equals(field(request, "refresh_token"));
            default -> false;
        };
        if (!known || field(request, "client_id").isEmpty()) {
            return Reply.json(
                    known ? 400 : 401, Json.object().put("error", known ? "invalid_request" : "invalid_grant"));
        }
        return grant(Arrays.stream(field(request, "scope").split(" ", -1)), "");
    }

    private static String field(Request request, String name) {
        List<String> values = request.formFields(name);
        return values.isEmpty() ? "" : values.get(0);
    }

    private Reply grant(Stream<String> asked, String prefix) {
        Set<String> scopes = asked.filter(scope ->
                        scope.startsWith("repository:" + prefix) || scope.startsWith("repository:" + openPrefix))
                .filter(scope -> !scope.startsWith("repository:" + closedPrefix))
                .collect(Collectors.toUnmodifiableSet());
        String token = "token-" + count.incrementAndGet() + "-" + Integer.toHexString(scopes.hashCode());
        grants.put(token, new Grant(scopes, System.nanoTime() + lifetime.toNanos()));
        ObjectNode body = Json.object();
        if (!field.equals("access_token")) {
            body.put("token", token);
        }
        if (!field.equals("token")) {
            body.put("access_token", token);
        }
        if (saysExpiry) {
            body.put("expires_in", said.toSeconds())
                    .put("issued_at", Instant.now().toString());
        }
        return Reply.json(200, body);
    }
}
