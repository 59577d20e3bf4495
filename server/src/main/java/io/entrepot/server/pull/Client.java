package io.entrepot.server.pull;

import java.net.InetAddress;

/** Where a request comes from, and what the software there calls itself. */
public record Client(InetAddress address, String userAgent) {}
