package io.entrepot.server.upstream;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** One question, put to one endpoint after the other until one of them is believed. */
final class Asking<T> {

    private final List<Guarded> order;
    private final Function<Guarded, CompletableFuture<T>> question;
    private final boolean sparing;
    private final Runnable passedOn;
    private final List<UpstreamException> failures = new ArrayList<>();

    /**
     * @param order one endpoint at least
     * @param sparing whether who has come to a limit is believed, too
     * @param passedOn told before the next one is asked
     */
    Asking(List<Guarded> order, Function<Guarded, CompletableFuture<T>> question, boolean sparing, Runnable passedOn) {
        this.order = order;
        this.question = question;
        this.sparing = sparing;
        this.passedOn = passedOn;
    }

    CompletableFuture<T> next() {
        Guarded endpoint = order.get(failures.size());
        return CompletableFuture.completedFuture(endpoint)
                .thenCompose(question)
                .exceptionallyCompose(failure -> Failures.cause(failure) instanceof UpstreamException why
                        ? failed(endpoint, why)
                        : CompletableFuture.failedFuture(failure));
    }

    private CompletableFuture<T> failed(Guarded endpoint, UpstreamException why) {
        UpstreamException named = order.size() == 1 ? why : why.at(endpoint.host());
        if (endpoint.isBelieved(why) || (sparing && why.isLimit())) {
            return CompletableFuture.failedFuture(named);
        }
        failures.add(named);
        if (failures.size() == order.size()) {
            return CompletableFuture.failedFuture(worst());
        }
        passedOn.run();
        return next();
    }

    /** What may be over soonest; "not found" only if nobody failed who might have had it. */
    private UpstreamException worst() {
        UpstreamException worst = failures.get(failures.size() - 1);
        for (UpstreamException each : failures) {
            boolean worse = each.isOutage() && !worst.isOutage();
            boolean sooner =
                    each.isOutage() == worst.isOutage() && each.patience().compareTo(worst.patience()) < 0;
            worst = worse || sooner ? each : worst;
        }
        return worst;
    }
}
