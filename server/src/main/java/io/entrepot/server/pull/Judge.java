package io.entrepot.server.pull;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Reference.ByDigest;
import io.entrepot.oci.RegistryException;
import io.entrepot.oci.Repository;
import io.entrepot.server.content.Content;
import io.entrepot.server.content.Resolved;
import io.entrepot.server.content.TagSighting;
import io.entrepot.server.policy.Asker;
import io.entrepot.server.policy.Moment;
import io.entrepot.server.policy.Needs;
import io.entrepot.server.policy.PullPolicy;
import io.entrepot.server.policy.Standing;
import io.entrepot.server.policy.Subject;
import io.entrepot.server.policy.Verdict;
import io.entrepot.server.upstream.Upstream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Judges content for one pull: finds what the rules look at, within bounds, and asks them. */
final class Judge {

    private final Case about;
    private final Platforms platforms;
    private final Standings standings;

    Judge(Content content, PullPolicy policy, Upstream upstream, Repository repository, Asker asker, Moment now) {
        this.about = new Case(content, policy, upstream, repository, asker, now, new Effort());
        this.platforms = new Platforms(about);
        this.standings = new Standings(about, platforms);
    }

    Asker asker() {
        return about.asker();
    }

    /** By the names alone. */
    Verdict names(Reference reference) {
        return about.policy().onNames(about.asked(reference), about.now());
    }

    /** A blob, by its names alone. */
    Verdict blobNames(Digest digest) {
        return about.policy().onBlob(about.repository(), digest, about.asker(), about.now());
    }

    /** Whether anything of the repository may be pulled. */
    Verdict anything() {
        return about.policy().onAnything(about.repository(), about.asker(), about.now());
    }

    /** What must be known of content here. */
    Needs needs() {
        return about.policy().needs(about.repository());
    }

    /** A manifest that a tag or digest was resolved to. */
    CompletableFuture<Verdict> manifest(Reference reference, Resolved resolved) {
        Manifest manifest = resolved.manifest();
        return resolved.tag()
                .map(sighting -> judge(reference, manifest, List.of(begun(standing(manifest, sighting)))))
                .orElseGet(() -> byDigest(manifest));
    }

    /** What the rules are held against. */
    CompletableFuture<Subject> subject(Resolved resolved) {
        Manifest manifest = resolved.manifest();
        CompletableFuture<List<Standing>> found = resolved.tag()
                .map(sighting -> CompletableFuture.completedFuture(List.of(standing(manifest, sighting))))
                .orElseGet(() -> standings.of(manifest.descriptor().digest()));
        return found.thenCompose(
                        under -> platforms.of(manifest).thenApply(runsOn -> new Subject(manifest, runsOn, under)))
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        Causes.of(failure) instanceof Unjudged unjudged
                                ? new RegistryException.Denied(String.valueOf(unjudged.getMessage()))
                                : failure));
    }

    /** A blob: as one of the manifests that name it, the first that is allowed; empty if none names it. */
    CompletableFuture<Optional<Verdict>> blob(Digest digest) {
        Best best = new Best();
        return about.naming(digest)
                .thenCompose(manifests -> about.inTurn(
                        manifests, each -> best.isAllow() || about.effort().isSpent() ? nothing() : partOf(each, best)))
                .thenCompose(done -> best.isAllow() || !about.effort().isSpent()
                        ? best.verdict()
                        : CompletableFuture.completedFuture(
                                Optional.of(Effort.tooMuch().verdict())));
    }

    private CompletableFuture<Void> partOf(Descriptor named, Best best) {
        return about.bring(named)
                .thenCompose(manifest -> manifest.isEmpty()
                        ? nothing()
                        : byDigest(manifest.get()).thenAccept(best::said))
                .exceptionally(failure -> {
                    best.failed(Causes.of(failure));
                    return null;
                });
    }

    private static CompletableFuture<Void> nothing() {
        return CompletableFuture.completedFuture(null);
    }

    private CompletableFuture<Verdict> byDigest(Manifest manifest) {
        Digest digest = manifest.descriptor().digest();
        CompletableFuture<List<Standing>> under =
                needs().standings() ? standings.of(digest) : CompletableFuture.completedFuture(List.of());
        return unlessUnjudged(under.thenCompose(found -> judge(new ByDigest(digest), manifest, found)));
    }

    private CompletableFuture<Verdict> judge(Reference reference, Manifest manifest, List<Standing> under) {
        return unlessUnjudged(platforms
                .of(manifest)
                .thenApply(runsOn -> about.onContent(reference, new Subject(manifest, runsOn, under))));
    }

    private static CompletableFuture<Verdict> unlessUnjudged(CompletableFuture<Verdict> verdict) {
        return verdict.exceptionallyCompose(failure -> Causes.of(failure) instanceof Unjudged unjudged
                ? CompletableFuture.completedFuture(unjudged.verdict())
                : CompletableFuture.failedFuture(failure));
    }

    private Standing standing(Manifest manifest, TagSighting sighting) {
        return standings.of(manifest.descriptor().digest(), sighting);
    }

    /** An age that has not begun begins with this pull, if nothing else is wrong with it. */
    private Standing begun(Standing standing) {
        return standing.since().isPresent()
                ? standing
                : new Standing(standing.tag(), Optional.of(about.now().trusted()), standing.pinned(), standing.first());
    }
}
