package io.entrepot.server.pull;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.RegistryException;
import io.entrepot.oci.Repository;
import io.entrepot.server.content.Content;
import io.entrepot.server.policy.Asked;
import io.entrepot.server.policy.Asker;
import io.entrepot.server.policy.Moment;
import io.entrepot.server.policy.PullPolicy;
import io.entrepot.server.policy.Subject;
import io.entrepot.server.policy.Verdict;
import io.entrepot.server.upstream.Upstream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** What one pull is judged by, and how much was looked at for it so far. */
record Case(
        Content content,
        PullPolicy policy,
        Upstream upstream,
        Repository repository,
        Asker asker,
        Moment now,
        Effort effort) {

    /** The manifests that name this content. */
    CompletableFuture<List<Descriptor>> naming(Digest digest) {
        return content.naming(repository, digest).thenApply(found -> {
            effort.compare(1 + found.size() / 16);
            return found;
        });
    }

    /** A manifest to look at; empty if it is gone, here and upstream: then it says nothing. */
    CompletableFuture<Optional<Manifest>> bring(Descriptor manifest) {
        return CompletableFuture.completedFuture(manifest)
                .thenCompose(each -> {
                    effort.read(each.size());
                    return content.manifest(upstream, repository, each.digest());
                })
                .thenApply(Optional::of)
                .exceptionallyCompose(failure -> Causes.of(failure) instanceof RegistryException.ManifestUnknown
                        ? CompletableFuture.completedFuture(Optional.empty())
                        : CompletableFuture.failedFuture(failure));
    }

    /** One after the other: of what each brings, nothing else is in memory. */
    CompletableFuture<Void> inTurn(List<Descriptor> all, Function<Descriptor, CompletableFuture<Void>> work) {
        CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
        for (Descriptor each : all) {
            last = last.thenComposeAsync(before -> work.apply(each), effort);
        }
        return last;
    }

    Verdict onContent(Reference reference, Subject subject) {
        effort.compare(Math.max(1, subject.standings().size()));
        return policy.onContent(asked(reference), subject, now);
    }

    Asked asked(Reference reference) {
        return new Asked(repository, reference, asker);
    }
}
