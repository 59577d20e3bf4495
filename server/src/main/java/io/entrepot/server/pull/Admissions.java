package io.entrepot.server.pull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Platform;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Repository;
import io.entrepot.server.access.Brought;
import io.entrepot.server.access.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which manifests somebody was lately given on record: so a blob of them needs no record of its own, and what is asked for by
 * digest is known to belong to the tag and the index that led there. The newest of each principal and repository, for an hour;
 * bounded, and what is forgotten is put on record once more.
 */
final class Admissions {

    /** An image of eight platforms, each with its attestation, is pulled by one client as two or three manifests. */
    private static final int EACH = 8;

    private static final int MOST = 50_000;
    private static final long MOST_NAMES = 500_000;

    /** What names more is no image that anybody pulls; its blobs have records of their own. */
    private static final int MOST_OF_ONE = 1_000;

    private static final Duration LATELY = Duration.ofHours(1);

    private final Cache<Key, List<Admission>> given;
    private final Cache<Digest, Names> contents = Caffeine.newBuilder()
            .<Digest, Names>weigher((digest, names) -> names.all.size() + 1)
            .maximumWeight(MOST_NAMES)
            .build();

    Admissions() {
        this(Ticker.systemTicker());
    }

    Admissions(Ticker ticker) {
        this.given = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfterWrite(LATELY)
                .ticker(ticker)
                .build();
    }

    /** @param who what somebody is known by, without the proxies that they come through */
    private record Key(List<Object> who, Repository repository) {}

    /** What one manifest names. */
    private record Names(List<Name> all) {

        private record Name(Digest digest, String platform) {}

        static Names of(Manifest manifest) {
            if (manifest instanceof Manifest.Index index) {
                return new Names(index.entries().stream()
                        .map(entry -> new Name(entry.descriptor().digest(), text(entry.platform())))
                        .toList());
            }
            return new Names(manifest.children().stream()
                    .map(Descriptor::digest)
                    .map(digest -> new Name(digest, ""))
                    .toList());
        }

        private static String text(Platform platform) {
            return platform.equals(Platform.UNSPECIFIED) ? "" : platform.toString();
        }

        Optional<Name> find(Digest digest) {
            for (Name name : all) {
                if (name.digest.equals(digest)) {
                    return Optional.of(name);
                }
            }
            return Optional.empty();
        }
    }

    /**
     * A manifest that was given.
     *
     * @param record the number of its record; negative: it has none of its own
     * @param settings under which it was given
     * @param tag by which they came to it; empty: by none
     * @param root the digest that the tag means
     */
    private record Admission(
            long record, long settings, Digest digest, boolean index, String tag, Digest root, Names names) {}

    /**
     * Where something belongs.
     *
     * @param admitted whether they were given, under these settings, the image that a blob belongs to
     * @param record of that; negative: it has none of its own
     * @param tag empty: none
     * @param root empty: nothing above it
     * @param image the manifest that names a blob; empty: it is none
     * @param platform of a manifest, as an index says it; empty: none does
     */
    record Place(
            boolean admitted, long record, String tag, Optional<Digest> root, Optional<Digest> image, String platform) {
        static final Place UNKNOWN = new Place(false, -1, "", Optional.empty(), Optional.empty(), "");
    }

    /** Somebody is given a manifest; {@code place} is where it was found to belong. */
    void given(Pull pull, Reference reference, Manifest manifest, Place place, long record) {
        Digest digest = manifest.descriptor().digest();
        Names names = contents.get(digest, any -> Names.of(manifest));
        if (names.all.size() > MOST_OF_ONE) {
            return;
        }
        boolean named = reference instanceof Reference.Tag;
        Admission admission = new Admission(
                record,
                pull.settings().version(),
                digest,
                manifest instanceof Manifest.Index,
                named ? ((Reference.Tag) reference).name() : place.tag,
                named ? digest : place.root.orElse(digest),
                names);
        given.asMap().merge(key(pull), List.of(admission), (known, fresh) -> with(known, admission));
    }

    private static List<Admission> with(List<Admission> known, Admission admission) {
        List<Admission> all = new ArrayList<>(EACH);
        all.add(admission);
        for (Admission each : known) {
            if (all.size() < EACH && !each.digest.equals(admission.digest)) {
                all.add(each);
            }
        }
        return all;
    }

    /** Where a manifest that is asked for by digest belongs: as what they came to by a tag, or as a child of such. */
    Place ofManifest(Pull pull, Digest digest) {
        Place place = Place.UNKNOWN;
        for (Admission each : lately(pull)) {
            Optional<Names.Name> name = each.index ? each.names.find(digest) : Optional.empty();
            if (name.isPresent()) {
                return new Place(false, -1, each.tag, Optional.of(each.root), Optional.empty(), name.get().platform);
            }
            if (each.digest.equals(digest)) {
                place = new Place(false, -1, each.tag, Optional.of(each.root), Optional.empty(), "");
            }
        }
        return place;
    }

    /** Where a blob belongs: to an image that they were given, under the same settings if that is to admit it. */
    Place ofBlob(Pull pull, Digest digest) {
        Place place = Place.UNKNOWN;
        for (Admission each : lately(pull)) {
            if (!each.index && each.names.find(digest).isPresent()) {
                boolean admits =
                        each.record >= 0 && each.settings == pull.settings().version();
                Place here =
                        new Place(admits, each.record, each.tag, Optional.of(each.root), Optional.of(each.digest), "");
                if (admits) {
                    return here;
                }
                place = here;
            }
        }
        return place;
    }

    private List<Admission> lately(Pull pull) {
        List<Admission> known = given.getIfPresent(key(pull));
        return known == null ? List.of() : known;
    }

    private static Key key(Pull pull) {
        return new Key(who(pull.principal()), pull.repository());
    }

    private static List<Object> who(Principal principal) {
        if (principal instanceof Principal.Known known) {
            return List.of(known.identity(), known.at().address(), known.grant(), brought(principal));
        }
        return principal instanceof Principal.Peer peer ? List.of(peer.address(), brought(principal)) : List.of();
    }

    private static String brought(Principal principal) {
        return principal.brought().map(Brought::id).orElse("");
    }
}
