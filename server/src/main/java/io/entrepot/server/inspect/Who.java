package io.entrepot.server.inspect;

import io.entrepot.config.AccessConfig;
import io.entrepot.server.access.Principal;
import io.entrepot.server.access.Supposed;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Who is supposed to ask.
 *
 * @param user their name; empty: that of the service account if there is one, else nobody knows who they are
 * @param namespace of Kubernetes; empty: they are no service account
 * @param serviceAccount its name; empty: {@code default}, if there is a namespace
 * @param address empty: one that is in no network
 */
public record Who(String user, Set<String> groups, String namespace, String serviceAccount, String address) {

    /** For documentation (RFC 5737): in no network that somebody would name. */
    private static final String NOWHERE = "192.0.2.1";

    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    /** Nobody in particular. */
    public static final Who ANYBODY = new Who("", Set.of(), "", "", "");

    public Who {
        groups = Set.copyOf(groups);
        address = address.isEmpty() ? NOWHERE : address;
        if (!LITERAL.matcher(address).matches()) {
            throw new IllegalArgumentException("address: " + address + " (expected: an IP address)");
        }
        if (namespace.isEmpty() && !serviceAccount.isEmpty()) {
            throw new IllegalArgumentException(
                    "service account: " + serviceAccount + " (expected: with its namespace)");
        }
        if (!namespace.isEmpty()) {
            serviceAccount = serviceAccount.isEmpty() ? "default" : serviceAccount;
            user = user.isEmpty() ? "system:serviceaccount:" + namespace + ":" + serviceAccount : user;
        }
        if (user.isEmpty() && !groups.isEmpty()) {
            user = "somebody";
        }
    }

    /** In a namespace, as its service account. */
    public static Who in(String namespace, String serviceAccount) {
        return new Who("", Set.of(), namespace, serviceAccount, "");
    }

    /** As rights and rules of this configuration see them. */
    public Principal principal(AccessConfig config) {
        try {
            return Supposed.principal(config, user, groups, namespace, serviceAccount, InetAddress.getByName(address));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("address: " + address + " (expected: an IP address)");
        }
    }

    /** As it is shown: {@code ann in ops, from 10.0.0.1}. */
    public String shown() {
        String name = user.isEmpty() ? "anybody" : user;
        String in = groups.isEmpty() ? "" : " in " + String.join(", ", new java.util.TreeSet<>(groups));
        return name + in + (address.equals(NOWHERE) ? "" : ", from " + address);
    }
}
