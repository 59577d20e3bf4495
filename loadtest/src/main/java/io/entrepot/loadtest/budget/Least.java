package io.entrepot.loadtest.budget;

import io.entrepot.oci.Digest;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The least that pulls can cost upstream: one GET for each distinct digest, and one HEAD for each tag and each stretch of
 * {@code fresh} in which it was asked for, beginning with the first ask after the one before is over.
 */
public final class Least {

    private final Duration fresh;
    private final Map<Integer, Duration> asked = new HashMap<>();
    private final Set<Integer> whole = new HashSet<>();
    private final Set<Digest> digests = new HashSet<>();
    private long heads;

    public Least(Duration fresh) {
        this.fresh = fresh;
    }

    /** A tag was asked for, and answered. */
    public synchronized void pulled(int image, Duration at) {
        Duration last = asked.get(image);
        if (last == null) {
            asked.put(image, at);
        } else if (at.minus(last).compareTo(fresh) > 0) {
            asked.put(image, at);
            heads++;
        }
    }

    /** A manifest came. */
    public synchronized void came(Digest digest) {
        digests.add(digest);
    }

    /** An image came whole. */
    public synchronized void whole(int image) {
        whole.add(image);
    }

    /** Whether an image came whole before: then it must be served from then on. */
    public synchronized boolean isCached(int image) {
        return whole.contains(image);
    }

    public synchronized long heads() {
        return heads;
    }

    public synchronized long gets() {
        return digests.size();
    }

    public long requests() {
        return heads() + gets();
    }
}
