package io.entrepot.config;

import io.entrepot.config.MirrorConfig.Credentials;
import java.util.List;
import java.util.Optional;

/**
 * A proxy through which connections are made, by CONNECT. It looks up names itself, so that their addresses cannot be checked.
 *
 * @param host name or address of the proxy itself, which may be private
 * @param login sent to the proxy and to nobody else
 * @param direct hosts that are connected to without it
 */
public record HttpProxy(String host, int port, Optional<Credentials.Basic> login, List<DirectHost> direct) {

    public HttpProxy {
        direct = List.copyOf(direct);
    }

    /** Whether a connection to this host, a name or an address (IPv6 without brackets), goes through it. */
    public boolean isFor(String host, int port) {
        return direct.stream().noneMatch(each -> each.matches(host, port));
    }
}
