package io.entrepot.server.pull;

import io.entrepot.server.policy.Verdict;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The best that is said of a blob by the manifests that name it, asked one after the other. */
final class Best {

    private volatile @Nullable Verdict verdict;
    private volatile @Nullable Throwable failure;

    void said(Verdict next) {
        if (verdict == null || !(next instanceof Verdict.Deny deny) || deny.listed()) {
            verdict = next;
        }
    }

    /** What one of them says cannot be known now. */
    void failed(Throwable why) {
        failure = why;
    }

    boolean isAllow() {
        return verdict instanceof Verdict.Allow;
    }

    /** Fails if none allows it, and one that might cannot be asked now; empty if there was none to ask. */
    CompletableFuture<Optional<Verdict>> verdict() {
        Throwable unknown = failure;
        return unknown == null || isAllow()
                ? CompletableFuture.completedFuture(Optional.ofNullable(verdict))
                : CompletableFuture.failedFuture(unknown);
    }
}
