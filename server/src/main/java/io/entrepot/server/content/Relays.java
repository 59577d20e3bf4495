package io.entrepot.server.content;

import java.util.concurrent.CompletableFuture;

/** Passes blobs through that cannot be kept. */
record Relays(Store store, int resumes, Incidents incidents, ContentStats stats) {

    /** Asks the upstream; fails as it does. */
    CompletableFuture<Body> open(Target target, long size) {
        Relay whole = relay(target, size, Relay.Prefix.NONE);
        return whole.start().thenApply(started -> new RelayBody(this, target, size, whole));
    }

    /** Goes on with a transfer that is open at byte 0 already. */
    Body takeOver(Target target, long size, BlobStream stream) {
        stats.relays.increment();
        return new RelayBody(this, target, size, Relay.ofOpen(this, target, size, stream));
    }

    /** A transfer that begins behind what is in a file already. */
    Relay relay(Target target, long size, Relay.Prefix prefix) {
        stats.relays.increment();
        BlobStream stream = new BlobStream(target.upstream(), target.repository(), target.digest(), resumes, stats);
        return new Relay(this, target, size, stream, prefix);
    }
}
