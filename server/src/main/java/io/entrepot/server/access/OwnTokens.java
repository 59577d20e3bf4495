package io.entrepot.server.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.entrepot.config.Secret;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Tokens that we give out ourselves: good for pulling from certain repositories, for a few minutes, and not after what they
 * rest on has changed. They are sealed with the key of this process, so that no other mirror and no later run takes them, and
 * nobody reads what is in them: a login that somebody brought is kept by themselves, in their token, and not here.
 *
 * <pre>
 *   ent2.BASE64URL(sealed payload)
 *   payload: {"v": edition of the rules, "x": when it ends, in nanoseconds of this process, "r": [registry/path, …],
 *             "n": name, "g": [group, …], "ns": namespace, "sa": service account}      without "n": nobody, maybe with
 *             "u": user name at the upstream, "p": password
 * </pre>
 */
final class OwnTokens {

    static final String PREFIX = "ent2.";
    private static final int LONGEST = 6 * 1024;

    private final Mac mac;
    private final Seal seal = new Seal();
    private final LongSupplier nanos;
    private final long start;

    /** @param mac by which one login is told from another */
    OwnTokens(Mac mac, LongSupplier nanos) {
        this.mac = mac;
        this.nanos = nanos;
        this.start = nanos.getAsLong();
    }

    /** What a token says: who, if anybody, what they brought, if anything, and what it is good for. */
    record Said(Optional<Identity> who, Optional<Brought> brought, Grant grant) {}

    /** A token for them. @throws NotProven if so many groups and repositories do not go into a header */
    String issue(Optional<Identity> who, Set<Repository> repositories, long edition, Duration lifetime) {
        ObjectNode payload = payload(repositories, edition, lifetime);
        who.ifPresent(identity -> describe(payload, identity));
        return sealed(payload, "fewer groups or repositories");
    }

    /** A token with what somebody brought. @throws NotProven if it does not go into a header */
    String issue(Brought brought, long edition, Duration lifetime) {
        ObjectNode payload = payload(brought.repositories(), edition, lifetime);
        payload.put("u", brought.username());
        payload.put("p", brought.password().reveal());
        return sealed(payload, "a password of at most 4 KiB");
    }

    /** What somebody brought for these, one at least, all of one registry. */
    Brought brought(String username, String password, Set<Repository> repositories) {
        String registry = repositories.iterator().next().registry().name();
        String id = encoded(mac.of("brought", registry, username, password));
        return new Brought(id, username, new Secret(password), repositories);
    }

    private ObjectNode payload(Set<Repository> repositories, long edition, Duration lifetime) {
        ObjectNode payload = StrictJson.MAPPER.createObjectNode();
        payload.put("v", edition);
        payload.put("x", now() + lifetime.toNanos());
        ArrayNode names = payload.putArray("r");
        repositories.forEach(each -> names.add(each.toString()));
        return payload;
    }

    private String sealed(ObjectNode payload, String expected) {
        String token = PREFIX + encoded(seal.close(PREFIX, bytes(payload)));
        if (token.length() > LONGEST) {
            throw new NotProven("the token would be too long (expected: " + expected + ")");
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
        JsonNode payload = opened(token);
        if (payload.path("v").asLong() != edition || payload.path("x").asLong() <= now()) {
            throw over();
        }
        Set<Repository> repositories = repositories(payload);
        Optional<Brought> brought = payload.has("u")
                ? Optional.of(
                        brought(payload.path("u").asText(), payload.path("p").asText(), repositories))
                : Optional.empty();
        return new Said(who(payload), brought, Grant.of(repositories));
    }

    private JsonNode opened(String token) {
        if (!token.startsWith(PREFIX)) {
            throw over();
        }
        String text = token.substring(PREFIX.length());
        try {
            byte[] sealed = Base64.getUrlDecoder().decode(text);
            // there is one way to write it
            if (!encoded(sealed).equals(text)) {
                throw over();
            }
            return StrictJson.object(seal.open(PREFIX, sealed).orElseThrow(OwnTokens::over));
        } catch (IllegalArgumentException e) {
            throw over();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
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
