package io.entrepot.server.access;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Users and the hashes of their passwords, one {@code user:hash} a line; empty lines and those that begin with # are passed
 * over.
 */
record Htpasswd(Map<String, PasswordHash> users, PasswordHash nobody) {

    static final Htpasswd EMPTY = new Htpasswd(
            Map.of(), PasswordHash.parse("$2y$10$" + ".".repeat(53)).nobodys());

    Htpasswd {
        users = Map.copyOf(users);
    }

    /** Users and their hashes. @throws IllegalArgumentException naming the line that cannot be read, and nothing of what stands in it */
    static Htpasswd parse(String text) {
        Map<String, PasswordHash> users = new HashMap<>();
        @Nullable PasswordHash nobody = null;
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                PasswordHash hash = entry(users, line, i + 1);
                nobody = nobody == null ? hash.nobodys() : nobody;
            }
        }
        return new Htpasswd(users, nobody == null ? EMPTY.nobody : nobody);
    }

    private static PasswordHash entry(Map<String, PasswordHash> users, String line, int number) {
        int colon = line.indexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException("line " + number + ": no user (expected: user:hash)");
        }
        String user = line.substring(0, colon);
        try {
            Identity.named(user, Proof.BASIC);
            PasswordHash hash = PasswordHash.parse(line.substring(colon + 1));
            if (users.put(user, hash) != null) {
                throw new IllegalArgumentException("a user who stands above already (expected: once)");
            }
            return hash;
        } catch (IllegalArgumentException | NotProven e) {
            throw new IllegalArgumentException("line " + number + ": " + e.getMessage(), e);
        }
    }

    /** Whether somebody has this name. */
    boolean has(String user) {
        return users.containsKey(user);
    }

    /** What their password is compared to; for a name that nobody has, one that costs the same. */
    PasswordHash hash(String user) {
        return users.getOrDefault(user, nobody);
    }
}
