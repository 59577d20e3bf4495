package io.entrepot.server;

import io.entrepot.server.admin.Explainer;
import io.entrepot.server.inspect.Explanation;
import io.entrepot.server.inspect.Holdings;
import io.entrepot.server.pull.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Explains an image reference with the settings in force and the store. */
record Explaining(Supplier<Settings> settings, Holdings holdings, Executor executor) implements Explainer {

    @Override
    public CompletableFuture<Map<String, Object>> explain(String image) {
        return CompletableFuture.supplyAsync(() -> now(image), executor);
    }

    private Map<String, Object> now(String image) {
        Settings now = settings.get();
        Explanation explanation = Explanation.of(image, now.router(), now.tags());
        Map<String, Object> facts = explanation.facts();
        try {
            facts.put("held", holdings.of(explanation.repository(), explanation.reference(), explanation.immutable()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return facts;
    }
}
