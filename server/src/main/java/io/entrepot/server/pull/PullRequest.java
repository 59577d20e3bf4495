package io.entrepot.server.pull;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference;
import java.util.function.Function;

/** A manifest or blob that a client asks for, or of which it asks for the headers alone; text no more. */
public record PullRequest(Address address, Target target, boolean head, Client client) {

    /** What is wanted of the repository. */
    public sealed interface Target {

        /** A manifest by tag or digest. */
        record Manifest(Reference what) implements Target {
            @Override
            public <T> T match(Function<Reference, T> manifest, Function<Digest, T> blob) {
                return manifest.apply(what);
            }
        }

        /** A blob, or a manifest asked for as one. */
        record Blob(Digest digest) implements Target {
            @Override
            public <T> T match(Function<Reference, T> manifest, Function<Digest, T> blob) {
                return blob.apply(digest);
            }
        }

        <T> T match(Function<Reference, T> manifest, Function<Digest, T> blob);

        /** Whether it may mean something else tomorrow. */
        default boolean movable() {
            return match(reference -> reference instanceof Reference.Tag, digest -> false);
        }

        /** The reference as the client wrote it. */
        default String reference() {
            return match(Reference::toString, Digest::toString);
        }
    }
}
