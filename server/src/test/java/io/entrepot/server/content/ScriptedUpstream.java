package io.entrepot.server.content;

import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.config.MirrorConfig.Deadlines;
import io.entrepot.config.MirrorConfig.UnverifiedRanges;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.config.Reach;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.server.http.Configs;
import io.entrepot.server.upstream.BlobReply;
import io.entrepot.server.upstream.Thrift;
import io.entrepot.server.upstream.Upstream;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.server.upstream.UpstreamException.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** An upstream in memory that says what a test tells it to, and remembers what it was asked. */
final class ScriptedUpstream implements Upstream {

    private static final int CHUNK = 50_000;

    final Queue<String> asked = new ConcurrentLinkedQueue<>();
    /** For each blob request in turn; when used up, blobs come as they are. */
    final Queue<Script> scripts = new ArrayDeque<>();

    /** Repositories that have no blobs. */
    final Set<Repository> without = ConcurrentHashMap.newKeySet();

    /** Answers to blob requests that go before all scripts. */
    final Queue<BlobReply> replies = new ConcurrentLinkedQueue<>();

    final Map<String, Descriptor> tags = new ConcurrentHashMap<>();
    /** What the referrers API answers, by page; without the first there is no API. */
    final Map<String, ReferrersPage> referrers = new ConcurrentHashMap<>();

    final Map<String, byte[]> contents = new ConcurrentHashMap<>();
    volatile boolean suspended;
    volatile String caller = "";
    volatile Credentials credentials = new Credentials.Anonymous();
    volatile UnverifiedRanges unverified = UnverifiedRanges.WAIT;
    volatile Optional<UpstreamException> down = Optional.empty();
    /** What the manifests endpoint does not know. */
    final Set<Digest> blobsOnly = ConcurrentHashMap.newKeySet();

    /** Of a GET of a manifest, by its reference. */
    final Map<String, UpstreamException> refusals = new ConcurrentHashMap<>();

    /** Whether HEAD says what a tag means. */
    volatile boolean headTells = true;

    volatile Thrift thrift = Thrift.NONE;
    volatile CompletableFuture<Void> sizeGate = CompletableFuture.completedFuture(null);
    volatile CompletableFuture<Void> headGate = CompletableFuture.completedFuture(null);

    /** How one blob request goes. */
    record Script(
            long breakAt,
            byte[] bytes,
            boolean honoursRange,
            boolean saysSize,
            Optional<CompletableFuture<Void>> gate) {

        static Script breakAt(long position, byte[] bytes) {
            return new Script(position, bytes, true, true, Optional.empty());
        }

        static Script whole(byte[] bytes) {
            return breakAt(Long.MAX_VALUE, bytes);
        }

        Script ignoringRange() {
            return new Script(breakAt, bytes, false, saysSize, gate);
        }

        Script sayingNoSize() {
            return new Script(breakAt, bytes, honoursRange, false, gate);
        }

        Script heldBy(CompletableFuture<Void> opens) {
            return new Script(breakAt, bytes, honoursRange, saysSize, Optional.of(opens));
        }
    }

    Digest blob(byte[] bytes) {
        Digest digest = Digest.of(bytes);
        contents.put(digest.toString(), bytes);
        return digest;
    }

    Descriptor manifest(String tag, String json) {
        byte[] bytes = json.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Descriptor descriptor = new Descriptor(MediaType.OCI_MANIFEST, blob(bytes), bytes.length);
        tags.put(tag, descriptor);
        return descriptor;
    }

    Descriptor index(String tag, String json) {
        byte[] bytes = json.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Descriptor descriptor = new Descriptor(MediaType.OCI_INDEX, blob(bytes), bytes.length);
        tags.put(tag, descriptor);
        return descriptor;
    }

    @Override
    public Registry registry() {
        return Registry.DOCKER_HUB;
    }

    @Override
    public UpstreamConfig config() {
        return new UpstreamConfig(
                registry(),
                registry().name(),
                URI.create("https://upstream.invalid"),
                credentials,
                false,
                false,
                List.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                unverified,
                0,
                4,
                new Deadlines(Duration.ofSeconds(3), Duration.ofSeconds(3), Duration.ofSeconds(3)),
                Configs.RATE_LIMITS,
                false,
                false,
                Reach.DIRECT);
    }

    @Override
    public CompletableFuture<Optional<HeadReply>> head(Repository repository, Reference reference) {
        asked.add("HEAD " + reference);
        return headGate.thenCompose(open -> down.isPresent()
                ? CompletableFuture.failedFuture(down.get())
                : CompletableFuture.completedFuture(
                        headTells ? Optional.of(new HeadReply(find(reference), "")) : Optional.empty()));
    }

    @Override
    public boolean isSuspended() {
        return suspended;
    }

    @Override
    public String caller() {
        return caller;
    }

    @Override
    public Thrift thrift(Repository repository) {
        return thrift;
    }

    @Override
    public CompletableFuture<ManifestReply> manifest(Repository repository, Reference reference) {
        asked.add("GET " + reference);
        Optional<UpstreamException> refusal = down.or(() -> Optional.ofNullable(refusals.get(reference.toString())));
        if (refusal.isPresent()) {
            return CompletableFuture.failedFuture(refusal.get());
        }
        try {
            Descriptor found = find(reference);
            byte[] bytes = contents.get(found.digest().toString());
            return CompletableFuture.completedFuture(
                    new ManifestReply(bytes, found.mediaType(), Optional.of(found.digest())));
        } catch (UpstreamException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Descriptor find(Reference reference) {
        Descriptor found = reference instanceof Reference.ByDigest byDigest
                ? Optional.of(byDigest.digest())
                        .filter(digest -> !blobsOnly.contains(digest))
                        .map(digest -> contents.get(digest.toString()))
                        .map(bytes -> new Descriptor(type(byDigest.digest()), byDigest.digest(), bytes.length))
                        .orElse(null)
                : tags.get(reference.toString());
        if (found == null) {
            throw new UpstreamException(Kind.NOT_FOUND, reference + " is not there");
        }
        return found;
    }

    private MediaType type(Digest digest) {
        return tags.values().stream()
                .filter(tagged -> tagged.digest().equals(digest))
                .map(Descriptor::mediaType)
                .findFirst()
                .orElse(MediaType.OCI_MANIFEST);
    }

    @Override
    public CompletableFuture<BlobReply> blob(
            Repository repository, Digest digest, long from, Optional<String> validator) {
        asked.add("BLOB " + from);
        if (down.isPresent()) {
            return CompletableFuture.failedFuture(down.get());
        }
        if (without.contains(repository)) {
            return sizeGate.thenCompose(open -> CompletableFuture.failedFuture(
                    new UpstreamException(Kind.NOT_FOUND, digest + " is not in " + repository)));
        }
        BlobReply ready = replies.poll();
        if (ready != null) {
            return CompletableFuture.completedFuture(ready);
        }
        Script script = next(digest);
        if (script == null) {
            return CompletableFuture.failedFuture(new UpstreamException(Kind.NOT_FOUND, digest + " is not there"));
        }
        return sizeGate.thenApply(open -> new Reply(script, script.honoursRange ? from : 0, script.bytes.length));
    }

    private synchronized Script next(Digest digest) {
        Script script = scripts.poll();
        byte[] bytes = contents.get(digest.toString());
        return script != null || bytes == null ? script : Script.whole(bytes);
    }

    @Override
    public CompletableFuture<BlobReply> blobRange(Repository repository, Digest digest, long from, long to) {
        asked.add("RANGE " + from + "-" + to);
        return CompletableFuture.completedFuture(new Reply(Script.whole(contents.get(digest.toString())), from, to));
    }

    @Override
    public CompletableFuture<Optional<ReferrersPage>> referrers(Repository repository, Digest subject, String page) {
        asked.add("REFERRERS " + page);
        if (down.isPresent()) {
            return CompletableFuture.failedFuture(down.get());
        }
        return CompletableFuture.completedFuture(Optional.ofNullable(referrers.get(page)));
    }

    @Override
    public CompletableFuture<Long> blobSize(Repository repository, Digest digest) {
        asked.add("SIZE");
        byte[] bytes = contents.get(digest.toString());
        return bytes == null
                ? CompletableFuture.failedFuture(new UpstreamException(Kind.NOT_FOUND, digest + " is not there"))
                : CompletableFuture.completedFuture((long) bytes.length);
    }

    @Override
    public CompletableFuture<TagPage> tags(Repository repository, int n, Optional<String> last) {
        return CompletableFuture.completedFuture(new TagPage(List.copyOf(tags.keySet()), false));
    }

    private static final class Reply implements BlobReply {

        private final Script script;
        private final long from;
        private final long to;
        private long position;

        Reply(Script script, long from, long to) {
            this.script = script;
            this.from = from;
            this.position = from;
            this.to = to;
        }

        @Override
        public long from() {
            return from;
        }

        @Override
        public OptionalLong size() {
            return script.saysSize ? OptionalLong.of(script.bytes.length) : OptionalLong.empty();
        }

        @Override
        public Optional<String> validator() {
            return Optional.of("\"v\"");
        }

        @Override
        public CompletableFuture<Optional<ByteBuf>> next() {
            return script.gate.orElse(CompletableFuture.completedFuture(null)).thenCompose(open -> piece());
        }

        private CompletableFuture<Optional<ByteBuf>> piece() {
            long end = Math.min(Math.min(to, position + CHUNK), script.breakAt);
            if (position >= script.breakAt) {
                return CompletableFuture.failedFuture(new UpstreamException(Kind.CUT, "cut at " + position));
            }
            if (position >= to) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            ByteBuf piece = Unpooled.copiedBuffer(script.bytes, (int) position, (int) (end - position));
            position = end;
            return CompletableFuture.completedFuture(Optional.of(piece));
        }

        @Override
        public void close() {}
    }
}
