package io.entrepot.storage;

import io.entrepot.oci.Digest;

/** Something wrong in the store that was dealt with, and that somebody should know. */
public sealed interface Incident {

    /** A blob's bytes were not what its digest says; it was moved to {@code set-aside/}. */
    record Damaged(Digest digest, String detail) implements Incident {}

    /** A file in the store was not ours, or could not be read; {@code path} is where it was. */
    record Foreign(String path, String detail) implements Incident {}

    /** Part of a journal or index could not be read; {@code lost} says what is not known any more, if anything. */
    record Unreadable(String path, String lost) implements Incident {}
}
