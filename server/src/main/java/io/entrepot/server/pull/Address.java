package io.entrepot.server.pull;

/**
 * A repository as a client names it, before we know what it means.
 *
 * @param mount what stands before {@code /v2/} in the path ({@code docker.io} in {@code /docker.io/v2/library/alpine}),
 *     or empty
 * @param path the name after {@code /v2/}; it may begin with a registry
 * @param ns the query parameter {@code ns}, or empty
 * @param host the Host header, lower case, or empty
 */
public record Address(String mount, String path, String ns, String host) {

    /** A name that carries its registry, as in {@code docker.io/library/alpine}. */
    public static Address of(String name) {
        return new Address("", name, "", "");
    }

    /** As the client wrote it, for people to read. */
    public String asked() {
        return asked("");
    }

    /** The same, of something in the repository: {@code :3.20}, {@code @sha256:…}, or nothing. */
    String asked(String within) {
        return (mount.isEmpty() ? "" : mount + "/") + path + within + (ns.isEmpty() ? "" : "?ns=" + ns);
    }
}
