package io.entrepot.config;

import io.entrepot.oci.Glob;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who asks, and which repositories are theirs: the section {@code access}.
 *
 * @param clientCa certificates of clients are believed if one of these signed them; empty: none is asked for
 * @param htpasswd users and password hashes (bcrypt or PBKDF2); read again when it changes
 * @param groups which users and which networks are in a group, beside what tokens say
 * @param nodes the file of credentials issued to nodes, hashed; read and written here
 * @param rights repositories that only some may read; the first pattern that matches holds
 */
public record AccessConfig(
        Optional<Path> clientCa,
        Optional<Path> htpasswd,
        List<Issuer> issuers,
        Map<String, Group> groups,
        boolean nodes,
        Duration tokenLifetime,
        List<Right> rights) {

    /** No section at all: everybody is known by address alone. */
    public static final AccessConfig NONE = new AccessConfig(
            Optional.empty(), Optional.empty(), List.of(), Map.of(), false, Duration.ofMinutes(5), List.of());

    public AccessConfig {
        issuers = List.copyOf(issuers);
        groups = Map.copyOf(groups);
        rights = List.copyOf(rights);
    }

    /** Members of a group by user name or by network. */
    public record Group(List<Glob> users, List<Network> networks) {
        public Group {
            users = List.copyOf(users);
            networks = List.copyOf(networks);
        }
    }

    /**
     * Somebody whose JWTs are believed.
     *
     * @param issuer the {@code iss} that they must have, to the letter
     * @param audience one of these must be their {@code aud}
     * @param algorithms the {@code alg} that may be used: RS256, PS256, ES256, ES384, EdDSA and their kin; never none
     * @param keys where its JWKS is: a file or an https address
     * @param userClaim which claim is the user's name
     * @param groupsClaim which claim lists the groups
     */
    public record Issuer(
            String issuer,
            List<String> audience,
            List<String> algorithms,
            Keys keys,
            Optional<Path> ca,
            String userClaim,
            String groupsClaim) {
        public Issuer {
            audience = List.copyOf(audience);
            algorithms = List.copyOf(algorithms);
        }
    }

    /** Where a JWKS is. */
    public sealed interface Keys {
        record InFile(Path path) implements Keys {}

        record AtUrl(URI url) implements Keys {}
    }

    /** These repositories are for these alone: to others they do not exist. */
    public record Right(List<Glob> repositories, List<AskerMatch> read) {
        public Right {
            repositories = List.copyOf(repositories);
            read = List.copyOf(read);
        }
    }
}
