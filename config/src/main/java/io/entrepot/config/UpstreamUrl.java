package io.entrepot.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where an upstream is: {@code https://host} or {@code https://host:port}; what is not public must be said to be meant. */
final class UpstreamUrl {

    private static final String EXPECTED = " (expected: https://host or https://host:port)";
    private static final List<Network> INTERNAL = Stream.of(
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "172.16.0.0/12",
                    "192.168.0.0/16",
                    "::1/128",
                    "fc00::/7")
            .map(Network::parse)
            .toList();

    private static final Pattern PATH = Pattern.compile("(/(?!v2/?$|\\.)[A-Za-z0-9._~-]{1,100}){1,10}/?");

    private UpstreamUrl() {}

    static URI parse(String text, boolean internal) {
        return meant(text, bare(text), internal);
    }

    /** The same, with a path to its {@code /v2/}: {@code https://host/artifactory/api/docker/hub}. */
    static URI parseEndpoint(String text, boolean internal) {
        int path = text.indexOf('/', Math.max(0, text.indexOf("://") + 3));
        if (path < 0 || path == text.length() - 1) {
            return parse(text, internal);
        }
        if (!PATH.matcher(text.substring(path)).matches()) {
            throw new IllegalArgumentException(text + " (expected: https://host, or https://host/path-before-v2)");
        }
        String clean = text.endsWith("/") ? text.substring(path, text.length() - 1) : text.substring(path);
        return URI.create(parse(text.substring(0, path), internal) + clean);
    }

    private static URI meant(String text, URI url, boolean internal) {
        if (!internal && url.getScheme().equals("http")) {
            throw new IllegalArgumentException(
                    text + " is plain HTTP (expected: https, or internal: true beside it if that is meant)");
        }
        if (!internal && isPrivate(url)) {
            throw new IllegalArgumentException(
                    text + " is a private address (expected: internal: true beside it if that is meant)");
        }
        return url;
    }

    private static URI bare(String text) {
        try {
            URI url = new URI(text);
            if (url.getRawUserInfo() != null || text.indexOf('@') >= 0) {
                throw new IllegalArgumentException("a user name in it (expected: auth: with username and password)");
            }
            String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
            if (!scheme.matches("https?") || url.getHost() == null || !isBare(url)) {
                throw new IllegalArgumentException(text + EXPECTED);
            }
            return new URI(scheme, null, url.getHost().toLowerCase(Locale.ROOT), url.getPort(), null, null, null);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException((text.indexOf('@') >= 0 ? "no URL" : text) + EXPECTED, e);
        }
    }

    private static boolean isBare(URI url) {
        boolean port = url.getPort() != 0 && url.getPort() <= 65_535;
        return port && url.getRawPath().matches("/?") && url.getRawQuery() == null && url.getRawFragment() == null;
    }

    /** True if the host is an address of a private network, or this machine; names are not looked up. */
    private static boolean isPrivate(URI url) {
        String host = url.getHost().replaceAll("[\\[\\]]", "");
        if (host.equals("localhost")) {
            return true;
        }
        try {
            return INTERNAL.stream().anyMatch(network -> network.contains(Network.address(host)));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
