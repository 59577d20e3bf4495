package io.entrepot.server.upstream;

import io.entrepot.config.MirrorConfig.UpstreamConfig;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which token servers an upstream may name, for they are sent our credentials (CVE-2026-33540): its own host, on its own
 * port or the scheme's, and those on its list; by https, unless the upstream is internal. A listed host without a port
 * means the scheme's port. Names are compared as they are: what is not plain ASCII is nobody's.
 */
final class RealmGuard {

    private static final int LONGEST = 2_048;

    private final boolean internal;
    private final URI url;
    private final Set<String> listed;

    RealmGuard(UpstreamConfig config) {
        this.internal = config.internal();
        this.url = config.url();
        this.listed = config.tokenHosts().stream()
                .map(host -> host.toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The realm as an address. @throws WrongAnswer if it is not one that this upstream may name */
    URI check(String realm) {
        URI uri = parse(realm);
        boolean secure = "https".equalsIgnoreCase(uri.getScheme());
        boolean spoken = secure || (internal && "http".equalsIgnoreCase(uri.getScheme()));
        boolean plain = uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawFragment() == null;
        if (!spoken || !plain) {
            throw forbidden(plain ? uri.getScheme() + "://" + uri.getHost() : "an address without a plain host");
        }
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        int standard = secure ? 443 : 80;
        int port = uri.getPort() < 0 ? standard : uri.getPort();
        if (!isOwn(host, port, standard) && !isListed(host, port, standard)) {
            throw forbidden(port == standard ? host : host + ":" + port);
        }
        return uri;
    }

    private boolean isOwn(String host, int port, int standard) {
        return host.equals(url.getHost().toLowerCase(Locale.ROOT)) && (port == standard || port == url.getPort());
    }

    private boolean isListed(String host, int port, int standard) {
        return listed.contains(host + ":" + port) || (port == standard && listed.contains(host));
    }

    private static URI parse(String realm) {
        if (realm.isEmpty()) {
            throw new WrongAnswer(
                    "asks for a token without naming a token server (expected: Bearer realm=\"https://…\")");
        }
        if (realm.length() > LONGEST) {
            throw forbidden("an address of " + realm.length() + " characters");
        }
        // java.net.URI takes other letters, which a resolver may fold into a name or an address
        if (!realm.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw forbidden("an address that is not plain ASCII");
        }
        try {
            return new URI(realm);
        } catch (URISyntaxException e) {
            throw forbidden("something that is no address");
        }
    }

    private static WrongAnswer forbidden(String what) {
        return new WrongAnswer("names a token server that it may not name: " + what
                + " (expected: https on its own host or on one of token-hosts)");
    }
}
