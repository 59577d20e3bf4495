package io.entrepot.server.http;

import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.BlobReply;
import io.entrepot.server.upstream.Upstream;
import io.entrepot.server.upstream.UpstreamException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** An upstream that has tags, or a reason why it has none, and nothing else. */
public final class FakeUpstream implements Upstream {

    /** Every page that was asked for, as in {@code n=2 last=b}. */
    public final List<String> pages = new CopyOnWriteArrayList<>();

    private final Registry registry;
    private volatile List<String> tags = List.of();
    private volatile UpstreamConfig config;
    private volatile Optional<UpstreamException> failure = Optional.empty();

    public FakeUpstream(String registry) {
        this.registry = Registry.parse(registry);
        this.config = Configs.upstream(registry);
    }

    public void is(UpstreamConfig other) {
        config = other;
    }

    public void has(String... names) {
        tags = List.of(names);
        failure = Optional.empty();
    }

    public void fails(UpstreamException.Kind kind, String message) {
        failure = Optional.of(new UpstreamException(kind, message));
    }

    @Override
    public Registry registry() {
        return registry;
    }

    @Override
    public UpstreamConfig config() {
        return config;
    }

    @Override
    public CompletableFuture<TagPage> tags(Repository repository, int n, Optional<String> last) {
        pages.add("n=" + n + " last=" + last.orElse(""));
        if (failure.isPresent()) {
            return CompletableFuture.failedFuture(failure.get());
        }
        List<String> rest = tags.stream()
                .filter(tag -> last.isEmpty() || tag.compareTo(last.get()) > 0)
                .toList();
        int count = n == 0 ? rest.size() : Math.min(n, rest.size());
        return CompletableFuture.completedFuture(new TagPage(rest.subList(0, count), count < rest.size()));
    }

    @Override
    public CompletableFuture<Optional<HeadReply>> head(Repository repository, Reference reference) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<ManifestReply> manifest(Repository repository, Reference reference) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Optional<ReferrersPage>> referrers(Repository repository, Digest subject, String page) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<BlobReply> blob(
            Repository repository, Digest digest, long from, Optional<String> validator) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<BlobReply> blobRange(Repository repository, Digest digest, long from, long to) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Long> blobSize(Repository repository, Digest digest) {
        throw new UnsupportedOperationException();
    }
}
