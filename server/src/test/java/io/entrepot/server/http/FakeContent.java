package io.entrepot.server.http;

import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Reference;
import io.entrepot.oci.RegistryException;
import io.entrepot.oci.Repository;
import io.entrepot.server.content.Body;
import io.entrepot.server.content.Content;
import io.entrepot.server.content.Reading;
import io.entrepot.server.content.ReferrersList;
import io.entrepot.server.content.Resolved;
import io.entrepot.server.content.TagRule;
import io.entrepot.server.content.TagSighting;
import io.entrepot.server.upstream.Upstream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Content in memory, with every call written down. */
public final class FakeContent implements Content {

    /** Every call, as in {@code resolve docker.io/library/alpine:3.20}. */
    public final List<String> calls = new CopyOnWriteArrayList<>();

    private final Map<String, Supplier<CompletableFuture<Resolved>>> manifests = new ConcurrentHashMap<>();
    private final Map<String, Supplier<CompletableFuture<Blob>>> blobs = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<ReferrersList>> referrers = new ConcurrentHashMap<>();
    private final Map<String, List<String>> tags = new ConcurrentHashMap<>();

    /** A manifest under this name, {@code registry/path:tag}, and under its digest. */
    public Manifest manifest(String name) {
        return manifest(name, 0, Resolved.Source.HIT, Optional.empty());
    }

    public Manifest manifest(String name, int padding, Resolved.Source source, Optional<String> stale) {
        byte[] bytes =
                ("""
                {"schemaVersion":2,"mediaType":"%s","annotations":{"name":"%s","padding":"%s"},"layers":[]}""".formatted(MediaType.OCI_MANIFEST, name, "x".repeat(padding))).getBytes(StandardCharsets.UTF_8);
        Manifest manifest = Manifest.parse(Digest.of(bytes), bytes, MediaType.OCI_MANIFEST);
        Resolved resolved = new Resolved(
                manifest, source, stale.isPresent() ? Duration.ofHours(7) : Duration.ZERO, stale, Optional.empty());
        resolve(name, () -> CompletableFuture.completedFuture(resolved));
        String repository = name.substring(0, name.lastIndexOf(':'));
        resolve(repository + "@" + manifest.descriptor().digest(), () -> CompletableFuture.completedFuture(resolved));
        return manifest;
    }

    public void resolve(String name, Supplier<CompletableFuture<Resolved>> answer) {
        manifests.put(name, answer);
    }

    /** A blob of this repository, whose body is made anew for each call. */
    public Digest blob(String repository, byte[] bytes, Supplier<Body> body) {
        Descriptor descriptor = new Descriptor(MediaType.OCTET_STREAM, Digest.of(bytes), bytes.length);
        return blob(
                repository,
                descriptor.digest(),
                () -> CompletableFuture.completedFuture(new Blob(descriptor, body.get(), Blob.Source.HIT)));
    }

    public Digest blob(String repository, Digest digest, Supplier<CompletableFuture<Blob>> answer) {
        blobs.put(repository + "@" + digest, answer);
        return digest;
    }

    public void referrers(String repository, Digest subject, ReferrersList list) {
        referrers.put(repository + "@" + subject, CompletableFuture.completedFuture(list));
    }

    public void tags(String repository, String... known) {
        tags.put(repository, new ArrayList<>(List.of(known)));
    }

    @Override
    public CompletableFuture<Void> mayRead(Upstream upstream, Repository repository, Reading reading) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Resolved> resolve(
            Upstream upstream, Repository repository, Reference reference, TagPattern freshness, TagRule rule) {
        String name = repository + (reference instanceof Reference.Tag ? ":" : "@") + reference;
        calls.add("resolve " + name);
        Supplier<CompletableFuture<Resolved>> answer = manifests.get(name);
        return answer == null
                ? CompletableFuture.failedFuture(new RegistryException.ManifestUnknown(name + " is not there"))
                : answer.get();
    }

    @Override
    public CompletableFuture<Void> admit(Upstream upstream, Repository repository, Resolved resolved) {
        calls.add("admit " + repository + "@" + resolved.manifest().descriptor().digest());
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Blob> blob(Upstream upstream, Repository repository, Digest digest, boolean askUpstream) {
        calls.add("blob " + repository + "@" + digest);
        Supplier<CompletableFuture<Blob>> answer = blobs.get(repository + "@" + digest);
        return answer == null
                ? CompletableFuture.failedFuture(new RegistryException.BlobUnknown(
                        repository + "@" + digest + ": pull the manifest through this mirror first"))
                : answer.get();
    }

    @Override
    public CompletableFuture<BlobInfo> blobInfo(
            Upstream upstream, Repository repository, Digest digest, boolean askUpstream) {
        return blob(upstream, repository, digest, askUpstream).thenApply(blob -> {
            blob.body().close();
            return new BlobInfo(blob.descriptor(), blob.source() == Blob.Source.HIT);
        });
    }

    @Override
    public CompletableFuture<ReferrersList> referrers(Upstream upstream, Repository repository, Digest subject) {
        calls.add("referrers " + repository + "@" + subject);
        return Optional.ofNullable(referrers.get(repository + "@" + subject))
                .orElse(CompletableFuture.failedFuture(
                        new RegistryException.Unavailable("cannot be known", Duration.ofSeconds(10))));
    }

    @Override
    public CompletableFuture<List<TagSighting>> sightings(Repository repository, Digest digest) {
        return CompletableFuture.completedFuture(List.of());
    }

    @Override
    public CompletableFuture<List<Descriptor>> naming(Repository repository, Digest digest) {
        return CompletableFuture.completedFuture(List.of());
    }

    @Override
    public CompletableFuture<Manifest> manifest(Upstream upstream, Repository repository, Digest digest) {
        return CompletableFuture.failedFuture(new RegistryException.ManifestUnknown(digest + " is not there"));
    }

    @Override
    public CompletableFuture<Optional<Descriptor>> link(Repository repository, Digest digest) {
        return CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public CompletableFuture<byte[]> bytes(Upstream upstream, Repository repository, Descriptor blob) {
        return CompletableFuture.failedFuture(new RegistryException.BlobUnknown(blob.digest() + " is not there"));
    }

    @Override
    public CompletableFuture<Void> beginAge(Repository repository, Reference.Tag tag) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> proposePin(Repository repository, Reference.Tag tag, Digest digest, String by) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Instant trustedNow() {
        return Instant.now();
    }

    @Override
    public CompletableFuture<List<String>> knownTags(Repository repository) {
        return CompletableFuture.completedFuture(tags.getOrDefault(repository.toString(), List.of()));
    }
}
