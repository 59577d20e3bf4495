package io.entrepot.server.content;

import io.entrepot.oci.Digest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * Which digests a walk came across, eight bytes for each: what it says is not among them is not, and the rest is worth
 * looking for. Hashed by a factor that nobody outside knows, so that no digest can be made up that it seems to have.
 */
final class DigestSketch {

    private static final long FACTOR = new SecureRandom().nextLong() | 1;

    private final long[] sorted;

    private DigestSketch(long[] sorted) {
        this.sorted = sorted;
    }

    int size() {
        return sorted.length;
    }

    boolean mayHave(Digest digest) {
        return Arrays.binarySearch(sorted, hash(digest)) >= 0;
    }

    /** Takes down what comes by, up to a million. */
    static final class Draft {

        private static final int MOST = 1_000_000;

        private final LongStream.Builder hashes = LongStream.builder();
        private int size;

        void add(Digest digest) {
            if (size < MOST) {
                size++;
                hashes.add(hash(digest));
            }
        }

        DigestSketch sketch() {
            return new DigestSketch(hashes.build().sorted().toArray());
        }
    }

    private static long hash(Digest digest) {
        long hash = digest.hex().length();
        for (int i = 0; i < digest.hex().length(); i++) {
            hash = hash * FACTOR + digest.hex().charAt(i);
        }
        return hash;
    }
}
