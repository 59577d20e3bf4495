package io.entrepot.server.pull;

import io.entrepot.server.access.Identity;
import io.entrepot.server.access.Principal;
import io.entrepot.server.audit.Requester;

/** A principal as records have it. */
final class Requesters {

    private static final String NODE = "node:";

    private Requesters() {}

    static Requester of(Principal principal, Client client) {
        String name = "";
        String proof = "";
        String namespace = "";
        String account = "";
        if (principal instanceof Principal.Known known) {
            Identity who = known.identity();
            name = who.name();
            proof = who.proof().label();
            namespace = who.namespace();
            account = who.serviceAccount();
        } else if (principal instanceof Principal.Operator) {
            name = principal.shown();
        }
        return new Requester(
                client.address(),
                client.port(),
                client.peer(),
                name,
                proof,
                name.startsWith(NODE) ? name.substring(NODE.length()) : "",
                namespace,
                account,
                client.userAgent(),
                client.trace());
    }
}
