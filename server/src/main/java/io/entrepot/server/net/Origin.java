package io.entrepot.server.net;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a connection leads: scheme, host and port. Credentials and connections belong to one origin. */
record Origin(boolean secure, String host, int port) {

    /** What {@link URI} takes for no host, since no domain may be called so, though machines and buckets are. */
    private static final Pattern UNDERSCORED = Pattern.compile("([A-Za-z0-9._-]{1,255})(?::([0-9]{1,5}))?");

    /**
     * The origin of an absolute address.
     *
     * @throws IllegalArgumentException if it is not http or https, has no host, or carries user info; the message names
     *     neither path nor query
     */
    static Origin of(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException("scheme: " + scheme + " (expected: https or http)");
        }
        boolean secure = scheme.equals("https");
        if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException("address: user and password in it (expected: none)");
        }
        return uri.getHost() == null ? underscored(secure, uri) : of(secure, uri.getHost(), uri.getPort());
    }

    private static Origin underscored(boolean secure, URI uri) {
        Matcher authority = UNDERSCORED.matcher(uri.getRawAuthority() == null ? "" : uri.getRawAuthority());
        if (!authority.matches()) {
            throw new IllegalArgumentException("address: no host in it (expected: HOST or HOST:PORT)");
        }
        String port = authority.group(2);
        return of(secure, authority.group(1), port == null ? -1 : Integer.parseInt(port));
    }

    private static Origin of(boolean secure, String host, int port) {
        if (port == 0 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
        }
        return new Origin(secure, host.toLowerCase(Locale.ROOT), port < 0 ? defaultPort(secure) : port);
    }

    private static int defaultPort(boolean secure) {
        return secure ? 443 : 80;
    }

    /** The value of the Host header (RFC 9110, 7.2). */
    String authority() {
        return port == defaultPort(secure) ? host : host + ":" + port;
    }

    /** What is looked up, and what a certificate must carry: an IPv6 literal without its brackets, else the host. */
    String name() {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    @Override
    public String toString() {
        return (secure ? "https://" : "http://") + authority();
    }
}
