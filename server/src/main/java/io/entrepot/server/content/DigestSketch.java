package io.entrepot.server.content;

import io.entrepot.oci.Digest;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * Which digests a walk came across, eight bytes for each: what it says is not among them is not, and the rest is worth
 * looking for. Hashed by a factor that nobody outside knows, so that no digest can be made up that it seems to have.
 */
final class DigestSketch {

    private final long secret;
    private final long[] sorted;

    private DigestSketch(long secret, long[] sorted) {
        this.secret = secret;
        this.sorted = sorted;
    }

    int size() {
        return sorted.length;
    }

    boolean mayHave(Digest digest) {
        return Arrays.binarySearch(sorted, hash(secret, digest)) >= 0;
    }

    /** Takes down what comes by, up to a million. */
    static final class Draft {

        private static final int MOST = 1_000_000;

        private final long secret;
        private final LongStream.Builder hashes = LongStream.builder();
        private int size;

        /** @param secret the factor, odd */
        Draft(long secret) {
            this.secret = secret | 1;
        }

        void add(Digest digest) {
            if (size < MOST) {
                size++;
                hashes.add(hash(secret, digest));
            }
        }

        DigestSketch sketch() {
            return new DigestSketch(secret, hashes.build().sorted().toArray());
        }
    }

    private static long hash(long factor, Digest digest) {
        long hash = digest.hex().length();
        for (int i = 0; i < digest.hex().length(); i++) {
            hash = hash * factor + digest.hex().charAt(i);
        }
        return hash;
    }
}
