package io.entrepot.server.audit;

/**
 * How those who ask are called in records.
 *
 * @param people what stands for their names
 * @param addresses what stands for their addresses; nodes and proxies have names of their own, and are not hidden
 * @param nodes who nodes are, by address
 */
public record Naming(Pseudonyms people, Pseudonyms addresses, NodeNames nodes) {

    /** By name and address, as they are. */
    public static final Naming PLAIN = new Naming(Pseudonyms.NONE, Pseudonyms.NONE, NodeNames.NONE);

    /** Nodes and service accounts are not people. */
    String principal(Requester who) {
        boolean person = who.node().isEmpty() && who.serviceAccount().isEmpty();
        return person ? people.of(who.principal()) : who.principal();
    }

    /** The one that they proved to be; else the one that has their address. Empty: not known. */
    String node(Requester who) {
        return who.node().isEmpty() ? nodes.of(who.client()) : who.node();
    }

    /** A text that may speak of them by name or address. */
    String in(String text, Requester who) {
        String named = replaced(text, who.principal(), principal(who));
        if (addresses == Pseudonyms.NONE) {
            return named;
        }
        String address = who.client().getHostAddress();
        return replaced(named, address, addresses.of(address));
    }

    private static String replaced(String text, String name, String shown) {
        return shown.equals(name) ? text : text.replace(name, shown);
    }
}
