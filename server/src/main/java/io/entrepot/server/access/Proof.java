package io.entrepot.server.access;

import java.util.Locale;

/** How somebody proved who they are. */
public enum Proof {
    /** A client certificate. */
    MTLS,
    /** A password. */
    BASIC,
    /** A token that an issuer signed. */
    JWT,
    /** A token of our own, from {@code /token}. */
    TOKEN,
    /** The credential of a node. */
    NODE,
    /** A login at an upstream: it proves something there, and nothing here. */
    PASS_THROUGH;

    /** In records and metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
