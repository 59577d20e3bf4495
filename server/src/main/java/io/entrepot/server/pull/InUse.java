package io.entrepot.server.pull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Repository;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Which clients read what, so that a lazy snapshotter whose image is refused from now on does not break under the container
 * that runs: for a while it may go on reading blobs that it has read before, of an image that it was given.
 *
 * <p>In memory: after a restart nothing is in use. Bounded; what is left out is what was used longest ago.
 */
final class InUse {

    private static final int ENTRIES = 500_000;
    private static final Duration FORGOTTEN = Duration.ofDays(7);
    private static final long NOT_REFUSED = Long.MIN_VALUE;

    private final LongSupplier nanos;
    private final Cache<Use, AtomicLong> refusedSince = cache();
    private final Cache<Use, Boolean> given = cache();

    InUse() {
        this(System::nanoTime);
    }

    InUse(LongSupplier nanos) {
        this.nanos = nanos;
    }

    private static <V> Cache<Use, V> cache() {
        return Caffeine.newBuilder()
                .maximumSize(ENTRIES)
                .expireAfterAccess(FORGOTTEN)
                .build();
    }

    /** A manifest went to a client under an allow. */
    void gave(String client, Repository repository, Digest manifest) {
        given.put(new Use(client, repository, manifest), true);
    }

    /** A blob went to a client under an allow. */
    void read(String client, Repository repository, Digest blob) {
        refusedSince.put(new Use(client, repository, blob), new AtomicLong(NOT_REFUSED));
    }

    /** Whether a blob that is refused now may still be read: by whom it was read before, as a part of one of these images. */
    boolean goesOn(String client, Repository repository, Digest blob, List<Descriptor> manifests, Duration grace) {
        AtomicLong since = refusedSince.getIfPresent(new Use(client, repository, blob));
        return since != null
                && manifests.stream()
                        .anyMatch(each -> given.getIfPresent(new Use(client, repository, each.digest())) != null)
                && isWithin(grace, since);
    }

    private boolean isWithin(Duration grace, AtomicLong since) {
        long now = nanos.getAsLong();
        since.compareAndSet(NOT_REFUSED, now);
        return !grace.isZero() && now - since.get() <= grace.toNanos();
    }

    private record Use(String client, Repository repository, Digest content) {}
}
