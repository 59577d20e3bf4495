package io.entrepot.server.tls;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/** The names and addresses under which a client may reach this machine. */
public final class LocalNames {

    private LocalNames() {}

    /** {@code localhost}, the host's name, every address of an interface that is up, and what we are told to listen on. */
    public static Set<String> with(String listenAddress) {
        Set<String> names = new TreeSet<>(Set.of("localhost", "127.0.0.1", "::1"));
        names.add(listenAddress);
        hostName(names);
        interfaces(names);
        names.removeAll(Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0", ""));
        return names;
    }

    private static void hostName(Set<String> names) {
        try {
            names.add(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException e) {
            // A host whose name does not resolve is reached by its addresses.
        }
    }

    private static void interfaces(Set<String> names) {
        try {
            for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                each.inetAddresses().filter(a -> !a.isLinkLocalAddress()).forEach(a -> names.add(text(a)));
            }
        } catch (SocketException e) {
            // Without a list of interfaces the names above must do.
        }
    }

    private static String text(InetAddress address) {
        String text = address.getHostAddress();
        int scope = text.indexOf('%');
        return scope < 0 ? text : text.substring(0, scope);
    }
}
