package io.entrepot.server.upstream;

/**
 * Who asks, and for what.
 *
 * @param caller what they brought, for repositories that are asked for with that
 * @param newName whether it is asked for by a name of which nothing is known here
 */
record Errand(Payer payer, Caller caller, boolean newName) {

    static final Errand NOBODY = new Errand(Payer.NOBODY, Caller.NOBODY, false);

    Errand(Payer payer, boolean newName) {
        this(payer, Caller.NOBODY, newName);
    }
}
