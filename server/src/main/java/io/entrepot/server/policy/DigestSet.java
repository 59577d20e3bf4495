package io.entrepot.server.policy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Digests that somebody listed. A manifest is one of them if its bytes are, by whichever algorithm they were asked for; a blob
 * is one by the digest that it is asked for alone.
 */
final class DigestSet {

    /** By the bytes themselves, which many questions are asked about while they are in memory. */
    private static final Cache<byte[], List<Digest>> BY_ALL =
            Caffeine.newBuilder().weakKeys().maximumSize(10_000).build();

    private final Set<Digest> digests;
    private final Set<Digest.Algorithm> algorithms;

    DigestSet(Collection<Digest> digests) {
        this.digests = Set.copyOf(digests);
        this.algorithms = digests.stream().map(Digest::algorithm).collect(Collectors.toUnmodifiableSet());
    }

    boolean contains(Digest digest) {
        return digests.contains(digest);
    }

    /** What the digest of a manifest says without its bytes. */
    Fit fit(Digest digest) {
        if (digests.contains(digest)) {
            return Fit.YES;
        }
        return isOneWay(digest) ? Field.DIGESTS.fits(false) : Field.DIGESTS.open();
    }

    /** The listed digest of a manifest. */
    Optional<Digest> find(Manifest manifest) {
        Digest own = manifest.descriptor().digest();
        if (digests.contains(own)) {
            return Optional.of(own);
        }
        return isOneWay(own)
                ? Optional.empty()
                : BY_ALL.get(manifest.bytes(), DigestSet::all).stream()
                        .filter(digests::contains)
                        .findFirst();
    }

    private boolean isOneWay(Digest digest) {
        return algorithms.isEmpty() || algorithms.equals(Set.of(digest.algorithm()));
    }

    private static List<Digest> all(byte[] bytes) {
        return Stream.of(Digest.Algorithm.values())
                .map(algorithm -> Digest.of(algorithm, bytes))
                .toList();
    }
}
