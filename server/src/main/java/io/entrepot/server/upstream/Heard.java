package io.entrepot.server.upstream;

import io.entrepot.server.net.HttpReply;

/**
 * An answer as far as it was read: of a 2xx the head, of anything else the whole.
 *
 * @param elsewhere another origin answered than the one that was asked: a redirect led there
 * @param message the error message in its body, fit to be shown; empty where there is none or a stranger wrote it
 */
record Heard(HttpReply reply, boolean elsewhere, String message) {

    int status() {
        return reply.status();
    }
}
