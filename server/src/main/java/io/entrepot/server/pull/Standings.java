package io.entrepot.server.pull;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Reference.ByDigest;
import io.entrepot.server.content.TagSighting;
import io.entrepot.server.policy.Standing;
import io.entrepot.server.policy.Subject;
import io.entrepot.server.policy.Verdict;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the tags under which a digest stands: those of the repository that have it on record, and those of the indexes above
 * it. An index passes on what it satisfies itself, if it is admitted now.
 */
final class Standings {

    /** Indexes within indexes are looked through so far up. */
    private static final int HIGHEST = 3;

    private final Case about;
    private final Platforms platforms;
    /** Indexes that name one another in layers are each judged once, not once on every way up. */
    private final Map<Level, CompletableFuture<List<Standing>>> bequests = new ConcurrentHashMap<>();
    /** What the same indexes name inherits the same. */
    private final Map<Parents, CompletableFuture<Set<Standing>>> inherited = new ConcurrentHashMap<>();

    private record Level(Digest index, int height) {}

    private record Parents(List<Descriptor> manifests, int height) {}

    Standings(Case about, Platforms platforms) {
        this.about = about;
        this.platforms = platforms;
    }

    CompletableFuture<List<Standing>> of(Digest digest) {
        return of(digest, 0);
    }

    private CompletableFuture<List<Standing>> of(Digest digest, int height) {
        return about.content().sightings(about.repository(), digest).thenCompose(own -> {
            Set<Standing> all = new LinkedHashSet<>(own(digest, own));
            return height == HIGHEST
                    ? CompletableFuture.completedFuture(List.copyOf(all))
                    : about.naming(digest)
                            .thenCompose(parents -> inherited(new Parents(parents, height + 1)))
                            .thenApply(more -> join(all, more));
        });
    }

    private List<Standing> join(Set<Standing> all, Set<Standing> more) {
        about.effort().compare(more.size());
        all.addAll(more);
        return List.copyOf(all);
    }

    private Set<Standing> own(Digest digest, List<TagSighting> sightings) {
        Set<Standing> own = new LinkedHashSet<>();
        about.effort().compare(sightings.size());
        sightings.forEach(sighting -> own.add(of(digest, sighting)));
        about.policy().pins().tags(about.repository(), digest).stream()
                .filter(tag ->
                        sightings.stream().noneMatch(sighting -> sighting.tag().equals(tag)))
                .forEach(tag -> own.add(new Standing(tag, Optional.empty(), true, false)));
        return own;
    }

    private CompletableFuture<Set<Standing>> inherited(Parents parents) {
        CompletableFuture<Set<Standing>> known = inherited.get(parents);
        if (known == null) {
            known = inherit(parents);
            inherited.put(parents, known);
        }
        return known;
    }

    private CompletableFuture<Set<Standing>> inherit(Parents parents) {
        Set<Standing> all = new LinkedHashSet<>();
        return about.inTurn(
                        parents.manifests(),
                        parent -> bequest(parent, parents.height()).thenAccept(more -> {
                            about.effort().compare(more.size());
                            all.addAll(more);
                        }))
                .thenApply(done -> all);
    }

    private CompletableFuture<List<Standing>> bequest(Descriptor parent, int height) {
        Level level = new Level(parent.digest(), height);
        CompletableFuture<List<Standing>> known = bequests.get(level);
        if (known == null) {
            known = of(parent.digest(), height)
                    .thenCompose(standings -> standings.isEmpty()
                            ? CompletableFuture.completedFuture(List.of())
                            : passedOn(parent, standings));
            bequests.put(level, known);
        }
        return known;
    }

    private CompletableFuture<List<Standing>> passedOn(Descriptor parent, List<Standing> standings) {
        return about.bring(parent)
                .thenCompose(manifest -> manifest.isEmpty()
                        ? CompletableFuture.completedFuture(List.of())
                        : passedOn(manifest.get(), standings));
    }

    /** Under each tag an index is judged by itself: what it does not satisfy there, it cannot pass on. */
    private CompletableFuture<List<Standing>> passedOn(Manifest parent, List<Standing> standings) {
        ByDigest reference = new ByDigest(parent.descriptor().digest());
        return platforms
                .of(parent)
                .thenApply(platforms -> standings.stream()
                        .map(standing ->
                                isClean(about.onContent(reference, new Subject(parent, platforms, List.of(standing))))
                                        ? standing
                                        : Standing.bare(standing.tag()))
                        .distinct()
                        .toList());
    }

    private static boolean isClean(Verdict verdict) {
        return verdict instanceof Verdict.Allow allow && allow.grounds().isClean();
    }

    /** How a digest stands under a tag that has it on record. */
    Standing of(Digest digest, TagSighting sighting) {
        boolean locked = about.policy()
                .pins()
                .find(about.repository(), sighting.tag())
                .filter(pin -> pin.digest().equals(digest))
                .isPresent();
        boolean proposed = sighting.proposed()
                && about.policy()
                        .firstSeen(about.repository(), sighting.tag())
                        .filter(terms -> !terms.confirm())
                        .isPresent();
        return new Standing(
                sighting.tag(), sighting.since(), locked || sighting.pinned() || proposed, sighting.first());
    }
}
