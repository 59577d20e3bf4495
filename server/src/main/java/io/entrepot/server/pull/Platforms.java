package io.entrepot.server.pull;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Platform;
import io.entrepot.oci.RegistryException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** What content runs on: as the indexes that name an image say, else as its config does. */
final class Platforms {

    private final Case about;
    /** What each index says of its images, since many of them may be asked about. */
    private final Map<Digest, Map<Digest, List<Platform>>> said = new ConcurrentHashMap<>();

    Platforms(Case about) {
        this.about = about;
    }

    CompletableFuture<List<Platform>> of(Manifest manifest) {
        if (!about.policy().needs(about.repository()).platforms()) {
            return CompletableFuture.completedFuture(List.of());
        }
        if (manifest instanceof Manifest.Index index) {
            return CompletableFuture.completedFuture(
                    index.entries().stream().map(Manifest.Index.Entry::platform).toList());
        }
        Manifest.Image image = (Manifest.Image) manifest;
        return named(image.descriptor().digest())
                .thenCompose(named ->
                        named.isEmpty() ? configured(image) : CompletableFuture.completedFuture(List.copyOf(named)));
    }

    private CompletableFuture<Set<Platform>> named(Digest image) {
        Set<Platform> all = new LinkedHashSet<>();
        return about.naming(image)
                .thenCompose(parents -> about.inTurn(
                        parents.stream()
                                .filter(parent -> parent.mediaType().isIndex())
                                .toList(),
                        parent -> entries(parent)
                                .thenAccept(entries -> all.addAll(entries.getOrDefault(image, List.of())))))
                .thenApply(done -> all);
    }

    private CompletableFuture<Map<Digest, List<Platform>>> entries(Descriptor index) {
        about.effort().compare(1);
        Map<Digest, List<Platform>> known = said.get(index.digest());
        return known != null
                ? CompletableFuture.completedFuture(known)
                : about.bring(index).thenApply(manifest -> {
                    Map<Digest, List<Platform>> entries =
                            manifest.map(Platforms::entries).orElse(Map.of());
                    said.put(index.digest(), entries);
                    return entries;
                });
    }

    private static Map<Digest, List<Platform>> entries(Manifest manifest) {
        Map<Digest, List<Platform>> entries = new HashMap<>();
        if (manifest instanceof Manifest.Index index) {
            index.entries().stream()
                    .filter(entry -> !entry.platform().equals(Platform.UNSPECIFIED))
                    .forEach(entry -> entries.computeIfAbsent(entry.descriptor().digest(), digest -> new ArrayList<>(1))
                            .add(entry.platform()));
        }
        return entries;
    }

    private CompletableFuture<List<Platform>> configured(Manifest.Image image) {
        Optional<Descriptor> config =
                image.config().stream().filter(ImageConfig::isOne).findFirst();
        return config.isEmpty()
                ? CompletableFuture.completedFuture(List.of())
                : about.content()
                        .bytes(about.upstream(), about.repository(), config.get())
                        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(unread(config.get(), failure)))
                        .thenApply(ImageConfig::platform)
                        .thenApply(platform -> platform.stream().toList());
    }

    /** A rule that refuses a platform must not pass what nobody can say the platform of. */
    private static Throwable unread(Descriptor config, Throwable failure) {
        Throwable cause = Causes.of(failure);
        return cause instanceof RegistryException.BlobUnknown
                ? new Unjudged("what it runs on is not known: the upstream does not have its config " + config.digest())
                : cause;
    }
}
