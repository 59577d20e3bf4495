package io.entrepot.server.pull;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Platform;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Reference.ByDigest;
import io.entrepot.oci.Repository;
import io.entrepot.server.content.Content;
import io.entrepot.server.content.Resolved;
import io.entrepot.server.content.TagSighting;
import io.entrepot.server.policy.Asked;
import io.entrepot.server.policy.Asker;
import io.entrepot.server.policy.Moment;
import io.entrepot.server.policy.Needs;
import io.entrepot.server.policy.PullPolicy;
import io.entrepot.server.policy.Standing;
import io.entrepot.server.policy.Subject;
import io.entrepot.server.policy.Verdict;
import io.entrepot.server.upstream.Upstream;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Judges content for one pull: finds what the rules look at, and asks them. By digest, content stands under every tag of the
 * repository that has it on record, or that has an index above it; an index passes on what it satisfies itself, if it is
 * admitted now.
 */
final class Judge {

    /** Indexes within indexes are looked through so far up. */
    private static final int HIGHEST = 3;

    private final Content content;
    private final PullPolicy policy;
    private final Upstream upstream;
    private final Repository repository;
    private final Asker asker;
    private final Moment now;
    /** Indexes that name one another in layers are each judged once, not once on every way up. */
    private final Map<Level, CompletableFuture<List<Standing>>> bequests = new ConcurrentHashMap<>();

    private record Level(Digest index, int height) {}

    Judge(Content content, PullPolicy policy, Upstream upstream, Repository repository, Asker asker, Moment now) {
        this.content = content;
        this.policy = policy;
        this.upstream = upstream;
        this.repository = repository;
        this.asker = asker;
        this.now = now;
    }

    Asker asker() {
        return asker;
    }

    /** By the names alone. */
    Verdict names(Reference reference) {
        return policy.onNames(asked(reference), now);
    }

    /** A blob, by its names alone. */
    Verdict blobNames(Digest digest) {
        return policy.onBlob(repository, digest, asker, now);
    }

    /** Whether anything of the repository may be pulled. */
    Verdict anything() {
        return policy.onAnything(repository, asker, now);
    }

    /** What must be known of content here. */
    Needs needs() {
        return policy.needs(repository);
    }

    /** A manifest that a tag or digest was resolved to. */
    CompletableFuture<Verdict> manifest(Reference reference, Resolved resolved) {
        Manifest manifest = resolved.manifest();
        return resolved.tag()
                .map(sighting -> judge(reference, manifest, List.of(begun(standing(manifest, sighting)))))
                .orElseGet(() -> byDigest(manifest, 0));
    }

    /** What the rules are held against. */
    CompletableFuture<Subject> subject(Resolved resolved) {
        Manifest manifest = resolved.manifest();
        CompletableFuture<List<Standing>> standings = resolved.tag()
                .map(sighting -> CompletableFuture.completedFuture(List.of(standing(manifest, sighting))))
                .orElseGet(() -> standings(manifest, 0));
        return standings.thenCompose(
                found -> platforms(manifest).thenApply(platforms -> new Subject(manifest, platforms, found)));
    }

    /** A blob: as one of the manifests that name it, the first that is allowed; empty if none names it. */
    CompletableFuture<Optional<Verdict>> blob(Digest digest) {
        return content.anyNaming(upstream, repository, digest).thenCompose(manifests -> {
            CompletableFuture<Optional<Verdict>> best = CompletableFuture.completedFuture(Optional.empty());
            for (Manifest manifest : manifests) {
                best = best.thenCompose(before -> isAllowed(before)
                        ? CompletableFuture.completedFuture(before)
                        : byDigest(manifest, 0).thenApply(next -> Optional.of(better(before, next))));
            }
            return best;
        });
    }

    private static boolean isAllowed(Optional<Verdict> verdict) {
        return verdict.filter(Verdict.Allow.class::isInstance).isPresent();
    }

    private static Verdict better(Optional<Verdict> before, Verdict next) {
        boolean told = next instanceof Verdict.Allow || next instanceof Verdict.Undecided;
        return before.isEmpty() || told ? next : before.get();
    }

    private CompletableFuture<Verdict> byDigest(Manifest manifest, int height) {
        Reference reference = new ByDigest(manifest.descriptor().digest());
        return policy.needs(repository).standings()
                ? standings(manifest, height).thenCompose(found -> judge(reference, manifest, found))
                : judge(reference, manifest, List.of());
    }

    private CompletableFuture<Verdict> judge(Reference reference, Manifest manifest, List<Standing> standings) {
        return platforms(manifest)
                .thenApply(platforms ->
                        policy.onContent(asked(reference), new Subject(manifest, platforms, standings), now));
    }

    private CompletableFuture<List<Standing>> standings(Manifest manifest, int height) {
        Digest digest = manifest.descriptor().digest();
        return content.sightings(repository, digest).thenCompose(own -> {
            Set<Standing> all = new LinkedHashSet<>();
            own.forEach(sighting -> all.add(standing(manifest, sighting)));
            policy.pins().tags(repository, digest).stream()
                    .filter(tag ->
                            own.stream().noneMatch(sighting -> sighting.tag().equals(tag)))
                    .forEach(tag -> all.add(new Standing(tag, Optional.empty(), true, false)));
            return height == HIGHEST
                    ? CompletableFuture.completedFuture(List.copyOf(all))
                    : inherited(digest, height).thenApply(more -> {
                        all.addAll(more);
                        return List.copyOf(all);
                    });
        });
    }

    /** What the indexes that name it stand under. */
    private CompletableFuture<Set<Standing>> inherited(Digest child, int height) {
        return content.naming(upstream, repository, child).thenCompose(parents -> {
            CompletableFuture<Set<Standing>> all = CompletableFuture.completedFuture(new LinkedHashSet<>());
            for (Manifest parent : parents) {
                all = all.thenCompose(before -> bequest(parent, height + 1).thenApply(more -> {
                    before.addAll(more);
                    return before;
                }));
            }
            return all;
        });
    }

    private CompletableFuture<List<Standing>> bequest(Manifest parent, int height) {
        Level level = new Level(parent.descriptor().digest(), height);
        CompletableFuture<List<Standing>> known = bequests.get(level);
        if (known == null) {
            known = passedOn(parent, height);
            bequests.put(level, known);
        }
        return known;
    }

    /** Under each tag an index is judged by itself: what it does not satisfy there, it cannot pass on. */
    private CompletableFuture<List<Standing>> passedOn(Manifest parent, int height) {
        Reference reference = new ByDigest(parent.descriptor().digest());
        return standings(parent, height)
                .thenCompose(standings -> platforms(parent)
                        .thenApply(platforms -> standings.stream()
                                .map(standing -> isClean(policy.onContent(
                                                asked(reference),
                                                new Subject(parent, platforms, List.of(standing)),
                                                now))
                                        ? standing
                                        : Standing.bare(standing.tag()))
                                .distinct()
                                .toList()));
    }

    private static boolean isClean(Verdict verdict) {
        return verdict instanceof Verdict.Allow allow && allow.grounds().isClean();
    }

    /** An age that has not begun begins with this pull, if nothing else is wrong with it. */
    private Standing begun(Standing standing) {
        return standing.since().isPresent()
                ? standing
                : new Standing(standing.tag(), Optional.of(now.trusted()), standing.pinned(), standing.first());
    }

    private Standing standing(Manifest manifest, TagSighting sighting) {
        boolean locked = policy.pins()
                .find(repository, sighting.tag())
                .filter(pin -> pin.digest().equals(manifest.descriptor().digest()))
                .isPresent();
        boolean proposed = sighting.proposed()
                && policy.firstSeen(repository, sighting.tag())
                        .filter(terms -> !terms.confirm())
                        .isPresent();
        return new Standing(
                sighting.tag(), sighting.since(), locked || sighting.pinned() || proposed, sighting.first());
    }

    private CompletableFuture<List<Platform>> platforms(Manifest manifest) {
        if (!policy.needs(repository).platforms()) {
            return CompletableFuture.completedFuture(List.of());
        }
        if (manifest instanceof Manifest.Index index) {
            return CompletableFuture.completedFuture(
                    index.entries().stream().map(Manifest.Index.Entry::platform).toList());
        }
        Descriptor descriptor = manifest.descriptor();
        return content.naming(upstream, repository, descriptor.digest())
                .thenCompose(parents -> entries(parents, descriptor.digest()).isEmpty()
                        ? configured((Manifest.Image) manifest)
                        : CompletableFuture.completedFuture(entries(parents, descriptor.digest())));
    }

    private static List<Platform> entries(List<Manifest> parents, Digest child) {
        return parents.stream()
                .filter(Manifest.Index.class::isInstance)
                .flatMap(parent -> ((Manifest.Index) parent).entries().stream())
                .filter(entry -> entry.descriptor().digest().equals(child))
                .map(Manifest.Index.Entry::platform)
                .filter(platform -> !platform.equals(Platform.UNSPECIFIED))
                .distinct()
                .toList();
    }

    private CompletableFuture<List<Platform>> configured(Manifest.Image image) {
        return image.config().stream()
                .filter(ImageConfig::isOne)
                .findFirst()
                .map(config -> content.bytes(upstream, repository, config)
                        .thenApply(ImageConfig::platform)
                        .thenApply(platform -> platform.stream().toList()))
                .orElseGet(() -> CompletableFuture.completedFuture(List.of()));
    }

    private Asked asked(Reference reference) {
        return new Asked(repository, reference, asker);
    }
}
