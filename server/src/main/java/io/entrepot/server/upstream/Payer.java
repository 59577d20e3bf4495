package io.entrepot.server.upstream;

/**
 * On whose behalf an upstream is asked.
 *
 * @param name a client, as it is told from others; empty: nobody in particular
 * @param chosen whether what is kept in reserve may be spent on this
 * @param operator whether it is whoever runs the mirror
 */
public record Payer(String name, boolean chosen, boolean operator) {

    public static final Payer NOBODY = new Payer("", false, false);
}
