package io.entrepot.server.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.entrepot.config.AccessConfig;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Believes JWTs: those of a configured issuer, meant for us, signed by one of its keys in a way that it uses, and of now.
 * What was believed is remembered for a minute.
 */
final class Issuers {

    /** Clocks differ. */
    private static final Duration LEEWAY = Duration.ofSeconds(30);

    private static final Duration REMEMBERED = Duration.ofMinutes(1);
    private static final int MOST = 10_000;
    private static final int MOST_GROUPS = 1_000;
    private static final int MOST_KEYS_TRIED = 8;
    private static final String SERVICE_ACCOUNT = "system:serviceaccount:";

    private final Map<String, Known> issuers = new HashMap<>();
    private final Work work;
    private final Clock clock;
    private final Cache<ByteBuffer, Believed> believed =
            Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(REMEMBERED).build();

    Issuers(List<AccessConfig.Issuer> issuers, Function<AccessConfig.Issuer, KeySource> keys, Work work, Clock clock) {
        issuers.forEach(each -> this.issuers.put(each.issuer(), new Known(each, keys.apply(each))));
        this.work = work;
        this.clock = clock;
    }

    private record Known(AccessConfig.Issuer config, KeySource keys) {}

    private record Believed(Identity identity, Instant until) {}

    boolean isEmpty() {
        return issuers.isEmpty();
    }

    /** Whether this says that it is a token of one of these, genuine or not. */
    boolean issued(String text) {
        if (issuers.isEmpty() || !Jwt.looksLike(text)) {
            return false;
        }
        try {
            JsonNode iss = Jwt.parse(text).claims().path("iss");
            return iss.isTextual() && issuers.containsKey(iss.textValue());
        } catch (NotProven e) {
            return false;
        }
    }

    /** Who it is. Fails with {@link NotProven} or a 503. */
    CompletableFuture<Identity> check(String token) {
        ByteBuffer key = hash(token);
        Believed known = believed.getIfPresent(key);
        if (known != null && clock.instant().isBefore(known.until)) {
            return CompletableFuture.completedFuture(known.identity);
        }
        try {
            Jwt jwt = Jwt.parse(token);
            Known issuer = issuer(jwt);
            return issuer.keys
                    .keys(jwt.kid())
                    .thenCompose(keys -> work.run(() -> believe(jwt, issuer.config, keys)))
                    .thenApply(found -> {
                        believed.put(key, found);
                        return found.identity;
                    });
        } catch (NotProven e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Also before the signature is looked at: it says whose keys are asked for, and who is nobody's is refused at once. */
    private Known issuer(Jwt jwt) {
        JsonNode iss = jwt.claims().path("iss");
        @Nullable Known known = iss.isTextual() ? issuers.get(iss.textValue()) : null;
        if (known == null) {
            throw new NotProven("the token is of an issuer that is not known here");
        }
        if (!known.config.algorithms().contains(jwt.algorithm().label())) {
            throw new NotProven("the token is signed in a way that its issuer does not use here");
        }
        return known;
    }

    private Believed believe(Jwt jwt, AccessConfig.Issuer issuer, List<Jwk> keys) {
        boolean signed = keys.stream()
                .filter(key -> key.isFor(jwt))
                .limit(MOST_KEYS_TRIED)
                .anyMatch(key -> jwt.algorithm().verifies(key.key(), jwt.signed(), jwt.signature()));
        if (!signed) {
            throw new NotProven("the token is not signed by a key of its issuer");
        }
        requireAudience(jwt.claims().path("aud"), issuer.audience());
        Instant until = requireNow(jwt.claims());
        return new Believed(identity(jwt.claims(), issuer), until);
    }

    private static void requireAudience(JsonNode aud, List<String> expected) {
        boolean meant = aud.isTextual() && expected.contains(aud.textValue());
        if (aud.isArray()) {
            for (JsonNode each : aud) {
                meant |= each.isTextual() && expected.contains(each.textValue());
            }
        }
        if (!meant) {
            throw new NotProven("the token is meant for somebody else (aud)");
        }
    }

    private Instant requireNow(JsonNode claims) {
        Instant now = clock.instant();
        if (!claims.has("exp")) {
            throw new NotProven("the token never expires (exp)");
        }
        Instant expires = time(claims, "exp").plus(LEEWAY);
        if (!now.isBefore(expires)) {
            throw new NotProven("the token has expired");
        }
        for (String name : List.of("nbf", "iat")) {
            if (claims.has(name) && time(claims, name).minus(LEEWAY).isAfter(now)) {
                throw new NotProven("the token is of the future (" + name + ")");
            }
        }
        return expires;
    }

    /** Seconds, perhaps with a fraction, between now and the year 9999. */
    private static Instant time(JsonNode claims, String name) {
        JsonNode value = claims.path(name);
        double seconds = value.isNumber() ? value.doubleValue() : Double.NaN;
        if (!(seconds >= 0 && seconds < 253_402_300_799.0)) {
            throw new NotProven("the token says no time in " + name);
        }
        return Instant.ofEpochSecond((long) seconds);
    }

    private static Identity identity(JsonNode claims, AccessConfig.Issuer issuer) {
        JsonNode user = claims.path(issuer.userClaim());
        if (!user.isTextual()) {
            throw new NotProven("the token names nobody (" + issuer.userClaim() + ")");
        }
        JsonNode account = claims.path("kubernetes.io");
        String namespace = account.path("namespace").asText("");
        String name = account.path("serviceaccount").path("name").asText("");
        // both must say the same: an issuer that lets people choose claims does not let them choose their subject
        boolean pod = !namespace.isEmpty()
                && !name.isEmpty()
                && claims.path("sub").asText("").equals(SERVICE_ACCOUNT + namespace + ":" + name);
        return new Identity(
                user.textValue(),
                Proof.JWT,
                groups(claims.path(issuer.groupsClaim())),
                pod ? namespace : "",
                pod ? name : "");
    }

    private static Set<String> groups(JsonNode claim) {
        Set<String> groups = new HashSet<>();
        if (claim.isTextual()) {
            groups.add(claim.textValue());
        }
        if (claim.isArray()) {
            claim.forEach(each -> groups.add(each.asText("")));
        }
        if (groups.size() > MOST_GROUPS) {
            throw new NotProven("the token names more than " + MOST_GROUPS + " groups");
        }
        return groups;
    }

    private static ByteBuffer hash(String token) {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
