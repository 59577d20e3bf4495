package io.entrepot.server.audit;

import java.net.InetAddress;

/**
 * Who asked, as it is recorded. Text that is not known is empty.
 *
 * @param client their address, also where trusted proxies stand between
 * @param port of the connection, or of the client if a proxy said it; 0: not known
 * @param via the address of the proxy that the connection comes from; the client's own if there is none
 * @param principal the name that they proved
 * @param proof how they proved it
 * @param node the node that they are
 * @param namespace of the service account that they are
 * @param serviceAccount its name
 * @param agent what their software calls itself
 * @param trace W3C trace id, 32 hexadecimal digits
 */
public record Requester(
        InetAddress client,
        int port,
        InetAddress via,
        String principal,
        String proof,
        String node,
        String namespace,
        String serviceAccount,
        String agent,
        String trace) {

    private static final int LONGEST_AGENT = 256;

    public Requester {
        agent = agent.length() <= LONGEST_AGENT ? agent : agent.substring(0, LONGEST_AGENT);
    }

    /** Many, of whom none is named. */
    static final Requester NOBODY = at(InetAddress.getLoopbackAddress(), InetAddress.getLoopbackAddress());

    /** Nothing but an address. */
    public static Requester at(InetAddress client, InetAddress via) {
        return new Requester(client, 0, via, "", "", "", "", "", "", "");
    }
}
