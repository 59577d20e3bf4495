package io.entrepot.server.upstream;

/**
 * Who asks, and for what.
 *
 * @param newName whether it is asked for by a name of which nothing is known here
 */
record Errand(Payer payer, boolean newName) {

    static final Errand NOBODY = new Errand(Payer.NOBODY, false);
}
