package io.entrepot.server.pull;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.ByDigest;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.content.Content;
import io.entrepot.server.content.Content.Blob;
import io.entrepot.server.content.TagRule;
import io.entrepot.server.policy.Grounds;
import io.entrepot.server.policy.Verdict;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/**
 * Pulls of blobs. Where no rule looks at content the names decide, and the upstream may be asked; else a manifest that the
 * repository has must name the blob, and be allowed now.
 */
final class BlobPulls {

    private static final Grounds IN_USE = new Grounds("", List.of(), "in use since before it was refused");

    private final Content content;
    private final Recorder recorder;
    private final ManifestPulls manifests;
    private final InUse inUse;

    BlobPulls(Content content, Recorder recorder, ManifestPulls manifests, InUse inUse) {
        this.content = content;
        this.recorder = recorder;
        this.manifests = manifests;
        this.inUse = inUse;
    }

    /** The blob, or for HEAD what is known of it. */
    CompletableFuture<Answer> answer(Pull pull, Digest digest, boolean head) {
        return admitted(
                pull,
                digest,
                (ask, grounds) -> head ? info(pull, digest, ask, grounds) : bytes(pull, digest, ask, grounds));
    }

    private CompletableFuture<Answer> bytes(Pull pull, Digest digest, boolean ask, Grounds grounds) {
        return recorder.brought(pull, content.blob(pull.upstream(), pull.repository(), digest, ask))
                .thenCompose(blob -> {
                    if (blob.source() == Blob.Source.HIT) {
                        pull.upstream().saved(pull.repository(), Endpoint.BLOB);
                    }
                    return recorder.blob(
                            pull,
                            digest,
                            Given.of(blob, grounds),
                            (range, bytes, complete) -> read(pull, digest, grounds, bytes));
                });
    }

    private void read(Pull pull, Digest digest, Grounds grounds, long bytes) {
        boolean counts = bytes > 0 && !grounds.equals(IN_USE);
        if (counts && !pull.settings().policy().inUseGrace().isZero()) {
            inUse.read(pull.principal().toString(), pull.repository(), digest);
        }
    }

    private CompletableFuture<Answer> info(Pull pull, Digest digest, boolean ask, Grounds grounds) {
        return recorder.brought(pull, content.blobInfo(pull.upstream(), pull.repository(), digest, ask))
                .thenCompose(info -> recorder.blob(pull, digest, Given.of(info, grounds), Answer.Ending.NONE));
    }

    private CompletableFuture<Answer> admitted(
            Pull pull, Digest digest, BiFunction<Boolean, Grounds, CompletableFuture<Answer>> bring) {
        return recorder.allowed(
                pull,
                pull.judge().blobNames(digest),
                (rule, grounds) ->
                        pull.judge().needs().content() ? named(pull, digest, bring) : bring.apply(true, grounds));
    }

    private CompletableFuture<Answer> named(
            Pull pull, Digest digest, BiFunction<Boolean, Grounds, CompletableFuture<Answer>> bring) {
        return recorder.brought(pull, content.link(pull.repository(), digest))
                .thenCompose(link ->
                        link.filter(found -> found.mediaType().isManifest()).isPresent()
                                ? asManifest(pull, digest, bring)
                                : recorder.brought(pull, blobVerdict(pull, digest))
                                        .thenCompose(verdict -> recorder.allowed(
                                                pull, verdict, (rule, grounds) -> bring.apply(false, grounds))));
    }

    private CompletableFuture<Verdict> blobVerdict(Pull pull, Digest digest) {
        return pull.judge()
                .blob(digest)
                .thenCompose(verdict -> unlessInUse(pull, digest, verdict.orElseThrow(() -> unnamed(pull, digest))));
    }

    /** What no manifest names is nobody's here, also if the upstream was once seen to serve it. */
    private static RegistryException unnamed(Pull pull, Digest digest) {
        return new RegistryException.BlobUnknown("no manifest of " + pull.repository() + " that was pulled here names "
                + digest + ": pull the manifest through this mirror first");
    }

    private CompletableFuture<Verdict> unlessInUse(Pull pull, Digest blob, Verdict verdict) {
        Duration grace = pull.settings().policy().inUseGrace();
        if (grace.isZero() || !(verdict instanceof Verdict.Deny deny) || deny.listed()) {
            return CompletableFuture.completedFuture(verdict);
        }
        return content.naming(pull.repository(), blob)
                .thenApply(manifests ->
                        inUse.goesOn(pull.principal().toString(), pull.repository(), blob, manifests, grace)
                                ? new Verdict.Allow(TagRule.FREE, IN_USE)
                                : verdict);
    }

    private CompletableFuture<Answer> asManifest(
            Pull pull, Digest digest, BiFunction<Boolean, Grounds, CompletableFuture<Answer>> bring) {
        return manifests.allowed(pull, new ByDigest(digest), grounds -> bring.apply(false, grounds));
    }
}
