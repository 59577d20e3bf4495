package io.entrepot.server.pull;

import java.net.InetAddress;

/**
 * Where a request comes from, and what the software there calls itself.
 *
 * @param address the client's, also where trusted proxies stand between
 * @param peer the connection's own: the nearest proxy's, or the client's if there is none
 */
public record Client(InetAddress address, InetAddress peer, String userAgent) {}
