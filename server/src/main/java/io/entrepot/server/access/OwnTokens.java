package io.entrepot.server.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Tokens that we give out ourselves: good for pulling from certain repositories, for a few minutes, and not after what they
 * rest on has changed. Their key is that of this process, so that no other mirror and no later run takes them.
 *
 * <pre>
 *   ent1.BASE64URL(payload).BASE64URL(HMAC-SHA256 of what stands before the last dot)
 *   payload: {"v": edition of the rules, "x": when it ends, in nanoseconds of this process, "r": [registry/path, …],
 *             "n": name, "g": [group, …], "ns": namespace, "sa": service account}      without "n": nobody
 * </pre>
 */
final class OwnTokens {

    static final String PREFIX = "ent1.";
    private static final int LONGEST = 6 * 1024;

    private final Mac mac;
    private final LongSupplier nanos;
    private final long start;

    OwnTokens(Mac mac, LongSupplier nanos) {
        this.mac = mac;
        this.nanos = nanos;
        this.start = nanos.getAsLong();
    }

    /** What a token says: who, if anybody, and what it is good for. */
    record Said(Optional<Identity> who, Grant grant) {}

    /** A token for them. @throws NotProven if so many groups and repositories do not go into a header */
    String issue(Optional<Identity> who, Set<Repository> repositories, long edition, Duration lifetime) {
        ObjectNode payload = StrictJson.MAPPER.createObjectNode();
        payload.put("v", edition);
        payload.put("x", now() + lifetime.toNanos());
        ArrayNode names = payload.putArray("r");
        repositories.forEach(each -> names.add(each.toString()));
        who.ifPresent(identity -> describe(payload, identity));
        String signed = PREFIX + encoded(bytes(payload));
        String token = signed + "." + encoded(mac.of(signed));
        if (token.length() > LONGEST) {
            throw new NotProven("the token would be too long (expected: fewer groups or repositories)");
        }
        return token;
    }

    private static void describe(ObjectNode payload, Identity identity) {
        payload.put("n", identity.name());
        ArrayNode groups = payload.putArray("g");
        identity.groups().forEach(groups::add);
        payload.put("ns", identity.namespace());
        payload.put("sa", identity.serviceAccount());
    }

    /** Whose it is, and for what. @throws NotProven if it is not ours, or not good any more */
    Said check(String token, long edition) {
        int dot = token.lastIndexOf('.');
        if (!token.startsWith(PREFIX) || dot <= PREFIX.length()) {
            throw over();
        }
        String signed = token.substring(0, dot);
        // compared as text: there is one way to write it
        byte[] expected = encoded(mac.of(signed)).getBytes(StandardCharsets.US_ASCII);
        if (!MessageDigest.isEqual(expected, token.substring(dot + 1).getBytes(StandardCharsets.US_ASCII))) {
            throw over();
        }
        JsonNode payload = payload(signed);
        if (payload.path("v").asLong() != edition || payload.path("x").asLong() <= now()) {
            throw over();
        }
        return new Said(who(payload), Grant.of(repositories(payload)));
    }

    private static Optional<Identity> who(JsonNode payload) {
        if (!payload.has("n")) {
            return Optional.empty();
        }
        Set<String> groups = new HashSet<>();
        payload.path("g").forEach(group -> groups.add(group.asText()));
        return Optional.of(new Identity(
                payload.path("n").asText(),
                Proof.TOKEN,
                groups,
                payload.path("ns").asText(),
                payload.path("sa").asText()));
    }

    private static Set<Repository> repositories(JsonNode payload) {
        Set<Repository> repositories = new HashSet<>();
        payload.path("r").forEach(each -> {
            String name = each.asText();
            int slash = name.indexOf('/');
            repositories.add(new Repository(new Registry(name.substring(0, slash)), name.substring(slash + 1)));
        });
        return repositories;
    }

    private static JsonNode payload(String signed) {
        try {
            return StrictJson.object(Base64.getUrlDecoder().decode(signed.substring(PREFIX.length())));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(JsonNode payload) {
        try {
            return StrictJson.MAPPER.writeValueAsBytes(payload);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private long now() {
        return nanos.getAsLong() - start;
    }

    private static NotProven over() {
        return new NotProven("the token is not good any more");
    }
}
