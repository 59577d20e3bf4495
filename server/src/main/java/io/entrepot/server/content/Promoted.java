package io.entrepot.server.content;

import io.entrepot.oci.Digest;

/** What somebody made hold for a tag, and the digest that it means by that. */
public record Promoted(What what, Digest digest) {

    /** {@code PIN}: what a first pull proposed. {@code RETURN}: that the tag went back to a digest that it had left. */
    public enum What {
        PIN,
        RETURN
    }
}
