package io.entrepot.server.access;

import java.net.InetAddress;

/** Who asks. So far everybody is known by the network address alone. */
public record Principal(InetAddress address) {

    @Override
    public String toString() {
        return address.getHostAddress();
    }
}
