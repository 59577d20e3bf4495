package io.entrepot.server;

import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.oci.Digest;
import io.entrepot.oci.ImageRef;
import io.entrepot.oci.Reference.ByDigest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.server.admin.Pins;
import io.entrepot.server.content.CachedContent;
import io.entrepot.server.content.Promoted;
import io.entrepot.server.content.TagRule;
import io.entrepot.server.inspect.PinLines;
import io.entrepot.server.pull.Address;
import io.entrepot.server.pull.Route;
import io.entrepot.server.pull.Settings;
import io.entrepot.storage.TagStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pins of a running mirror. What a person changes of them is logged, with who did it. */
record Pinning(Supplier<Settings> settings, CachedContent content, TagStore tags, Executor executor) implements Pins {

    private static final Logger LOG = LoggerFactory.getLogger(Pinning.class);

    /** What the upstream says, whatever is on record here, and without making a record of it. */
    private static final TagPattern NOW =
            new TagPattern("**", TagPattern.Mode.NEVER, Duration.ZERO, Duration.ZERO, Duration.ZERO, false, false);

    @Override
    public CompletableFuture<List<Map<String, Object>>> all() {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return new PinLines(settings.get().policy().pins(), tags).all();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                executor);
    }

    @Override
    public CompletableFuture<ImageRef> upstream(ImageRef image) {
        Route route = route(image);
        return content.resolve(route.upstream(), route.repository(), image.reference(), NOW, TagRule.FREE)
                .thenApply(resolved -> new ImageRef(
                        route.repository(),
                        new ByDigest(resolved.manifest().descriptor().digest())));
    }

    @Override
    public CompletableFuture<Optional<Promoted>> promote(ImageRef image, Optional<Digest> digest, String by) {
        Route route = route(image);
        return content.promote(route.repository(), (Tag) image.reference(), digest, by)
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        done.ifPresent(made -> log(image, made, by));
                    }
                });
    }

    private Route route(ImageRef image) {
        return settings.get().router().route(Address.of(image.repository().toString()));
    }

    private static void log(ImageRef image, Promoted made, String by) {
        LOG.atInfo()
                .addKeyValue("image", image)
                .addKeyValue("digest", made.digest())
                .addKeyValue("by", by)
                .log(made.what() == Promoted.What.PIN ? "pin promoted" : "return of a tag promoted");
    }
}
