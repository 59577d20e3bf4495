package io.entrepot.server.content;

import io.entrepot.oci.RegistryException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Passes blobs through that cannot be kept: each client costs the upstream a transfer, so that there are only so many. One
 * that comes beyond that is told to come again; one that has begun to read waits.
 */
record Relays(Store store, int resumes, Incidents incidents, ContentStats stats, Slots places) {

    private static final Duration COME_AGAIN = Duration.ofSeconds(5);

    /** Asks the upstream; fails as it does, or with a 503 if too many pass through already. */
    CompletableFuture<Body> open(Target target, long size) {
        if (!places.tryTake()) {
            return CompletableFuture.failedFuture(tooMany(target));
        }
        Relay whole = begin(target, size, Relay.Place.TAKEN);
        return whole.start().thenApply(started -> new RelayBody(this, target, size, whole));
    }

    /** Goes on with a transfer that is open at byte 0 already. @throws RegistryException.Unavailable as above */
    Body takeOver(Target target, long size, BlobStream stream) {
        if (!places.tryTake()) {
            stream.close();
            throw tooMany(target);
        }
        stats.relays.increment();
        return new RelayBody(this, target, size, Relay.ofOpen(this, target, size, stream));
    }

    /** One more range of what is passed through to a client already. It waits for a place. */
    Relay another(Target target, long size) {
        return begin(target, size, Relay.Place.WANTED);
    }

    /** A transfer that begins behind what is in a file already. It waits for a place. */
    Relay goOn(Target target, long size, Relay.Prefix prefix) {
        stats.relays.increment();
        return new Relay(this, target, size, stream(target), prefix, Relay.Place.WANTED);
    }

    private Relay begin(Target target, long size, Relay.Place place) {
        stats.relays.increment();
        return new Relay(this, target, size, stream(target), Relay.Prefix.NONE, place);
    }

    private BlobStream stream(Target target) {
        return new BlobStream(target.upstream(), target.repository(), target.digest(), resumes, stats);
    }

    private static RegistryException tooMany(Target target) {
        return new RegistryException.Unavailable(
                target.digest() + " does not fit the store, and too many pass through already", COME_AGAIN);
    }
}
