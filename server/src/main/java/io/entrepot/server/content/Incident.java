package io.entrepot.server.content;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;

/** Something that an operator or an auditor should know, noticed while content came in. */
public sealed interface Incident {

    /** An upstream sent bytes that are not what the digest says; nobody got the end of them, nothing was kept. */
    record WrongBytes(Registry upstream, Repository repository, Digest digest, String detail) implements Incident {}

    /** A tag that is immutable by configuration moved upstream; {@code served} is what it was first seen to mean. */
    record ImmutableMoved(Repository repository, Tag tag, Descriptor served, Descriptor upstream) implements Incident {}

    /** A tag moved to another digest. */
    record TagMoved(Repository repository, Tag tag, Descriptor from, Descriptor to) implements Incident {}

    /** A tag returned to a digest that it had left. */
    record TagRollback(Repository repository, Tag tag, Descriptor from, Descriptor to) implements Incident {}

    /** A tag means something else upstream than what it is pinned to, which is served. */
    record PinDrift(Repository repository, Tag tag, Digest pinned, Digest upstream) implements Incident {}

    /** A tag was answered from its record because the upstream could not say what it means now. */
    record ServedStale(Repository repository, Tag tag, String why) implements Incident {}

    /** Content could not be kept: the disk is full, or the blob is larger than the store. It was passed through. */
    record NotKept(Repository repository, Digest digest, long size, String why) implements Incident {}

    /** A transfer from an upstream was given up in the middle; who read it has a body that is short. */
    record TransferFailed(Registry upstream, Repository repository, Digest digest, String why) implements Incident {}
}
