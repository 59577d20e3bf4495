package io.entrepot.server.audit.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Records as a mirror of a fleet writes them: nodes that pull images for namespaces, tags that move, images with shared
 * layers, refusals, warnings, exemptions, stale answers, pulls that are checked only, broken off or whole. The same seed gives
 * the same records.
 */
public final class Fleet {

    static final Instant START = Instant.parse("2026-08-30T00:00:00Z");

    private static final long DAY_MICROS = 86_400_000_000L;
    private static final int NAMESPACES = 36;
    private static final int BASES = 60;
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String[] REGISTRIES = {"docker.io", "ghcr.io", "quay.io", "registry.k8s.io"};
    private static final String[] AGENTS = {
        "containerd/1.7.24",
        "containerd/2.1.9",
        "docker/28.5.2 go/go1.24 kernel/6.1 os/linux arch/amd64",
        "skopeo/1.18.0"
    };

    /** Where records go. */
    @FunctionalInterface
    public interface Sink {
        void accept(byte[] record);
    }

    private record Blob(int number, String digest, long size) {}

    private record Image(String digest, int size, String platform, Blob config, List<Blob> layers) {}

    private record Version(String digest, int size, List<Image> images, String tag) {}

    private static final class Repo {
        final String registry;
        final String path;
        final List<Version> versions = new ArrayList<>();

        Repo(String registry, String path) {
            this.registry = registry;
            this.path = path;
        }

        Version latest() {
            return versions.get(versions.size() - 1);
        }
    }

    private final SplittableRandom random;
    private final Size size;
    private final long firstMicros;
    private final Sink sink;
    private final List<Repo> repos = new ArrayList<>();
    private final List<Blob> bases = new ArrayList<>();
    private final BitSet[] held;
    private final StringBuilder line = new StringBuilder(2048);
    private int blobs;
    private long seq;
    private long micros;

    private Fleet(long seed, Size size, Sink sink) {
        this.random = new SplittableRandom(seed);
        this.size = size;
        this.seq = size.from();
        this.firstMicros = size.firstDay() * DAY_MICROS;
        this.micros = firstMicros;
        this.sink = sink;
        this.held = new BitSet[size.nodes()];
        for (int i = 0; i < size.nodes(); i++) {
            held[i] = new BitSet();
        }
        for (int i = 0; i < BASES; i++) {
            bases.add(blob(random.nextLong(1 << 20, 120L << 20)));
        }
    }

    /**
     * How much there is of it.
     *
     * @param records at least so many; a pull is not cut off
     * @param from the seq of the first one
     * @param days that they fill
     * @param firstDay the day on which they begin, counted from {@link #START}
     */
    public record Size(long records, long from, long days, long firstDay, int nodes, int repositories) {}

    /** That many records, or a few more, over so many days from {@link #START} on. */
    public static void write(long seed, long records, long days, Sink sink) {
        write(seed, new Size(records, 0, days, 0, 400, 160), sink);
    }

    public static void write(long seed, Size size, Sink sink) {
        new Fleet(seed, size, sink).run();
    }

    private void run() {
        simple("start", "\"version\":\"0.1.0\"");
        for (int i = 0; i < size.repositories(); i++) {
            repos.add(new Repo(
                    REGISTRIES[i % REGISTRIES.length], (i % 3 == 0 ? "library/app" : "team-" + i % 9 + "/svc") + i));
        }
        repos.forEach(this::release);
        while (seq < size.from() + size.records()) {
            tick();
        }
        simple("stop", "\"why\":\"asked to\"");
    }

    private void tick() {
        // Time goes on so that the records fill the span.
        double part = (double) (seq - size.from()) / size.records();
        micros = Math.max(micros, firstMicros + (long) (part * (size.days() * DAY_MICROS)));
        int dice = random.nextInt(1000);
        int node = skewed(size.nodes());
        Repo repo = repos.get(skewed(size.repositories()));
        if (dice < 480) {
            check(node, repo);
        } else if (dice < 930) {
            pull(node, repo, dice % 40 == 0);
        } else if (dice < 950) {
            refuse(node, repo);
        } else if (dice < 970) {
            secrets(node, repo);
        } else if (dice < 976) {
            move(repo);
        } else if (dice < 985) {
            repeated(node, repo);
        } else if (dice < 990) {
            fail(node, repo);
        } else {
            rare(dice);
        }
    }

    private int skewed(int bound) {
        double at = random.nextDouble();
        return (int) (at * at * bound);
    }

    private void release(Repo repo) {
        int number = repo.versions.size();
        List<Image> images = new ArrayList<>();
        for (String platform : List.of("linux/amd64", "linux/arm64")) {
            List<Blob> layers = new ArrayList<>();
            layers.add(bases.get(skewed(BASES)));
            layers.add(bases.get(skewed(BASES)));
            int own = random.nextInt(1, 7);
            for (int i = 0; i < own; i++) {
                layers.add(blob(random.nextLong(2_000, 60L << 20)));
            }
            images.add(new Image(
                    digest(repo.path + number + platform),
                    random.nextInt(900, 4000),
                    platform,
                    blob(random.nextLong(900, 9000)),
                    layers.stream().distinct().toList()));
        }
        Version version = new Version(digest(repo.path + number), 1200, images, "1." + number);
        repo.versions.add(version);
        indexRecord(version);
        images.forEach(this::imageRecord);
    }

    private void move(Repo repo) {
        String before = repo.latest().digest;
        release(repo);
        begin("tag.moved");
        field("registry", repo.registry);
        field("repository", repo.path);
        field("tag", "latest");
        field("before", before);
        field("after", repo.latest().digest);
        end();
    }

    private void check(int node, Repo repo) {
        Version version =
                random.nextInt(3) == 0 ? repo.versions.get(random.nextInt(repo.versions.size())) : repo.latest();
        decision(node, repo, "HEAD", tag(repo, version), version.digest, version.size, INDEX, null, null, "allow");
        pause(3_000_000);
    }

    private String tag(Repo repo, Version version) {
        return version == repo.latest() && random.nextInt(2) == 0 ? "latest" : version.tag;
    }

    private void pull(int node, Repo repo, boolean breaks) {
        Version version =
                random.nextInt(4) == 0 ? repo.versions.get(random.nextInt(repo.versions.size())) : repo.latest();
        String tag = tag(repo, version);
        Image image = version.images.get(node % 10 == 0 ? 1 : 0);
        decision(node, repo, "HEAD", tag, version.digest, version.size, INDEX, null, null, "allow");
        pause(2000);
        long index = decision(node, repo, "GET", null, version.digest, version.size, INDEX, tag, null, "allow");
        transfer(index, node, repo, "manifest", version.digest, null, null, tag, version.size, version.size, true);
        long manifest =
                decision(node, repo, "GET", null, image.digest, image.size, MANIFEST, tag, version.digest, "allow");
        transfer(
                manifest,
                node,
                repo,
                "manifest",
                image.digest,
                null,
                version.digest,
                tag,
                image.size,
                image.size,
                true);
        List<Blob> wanted = new ArrayList<>(image.layers);
        wanted.add(image.config);
        for (Blob blob : wanted) {
            if (held[node].get(blob.number)) {
                continue;
            }
            pause(40_000);
            boolean whole = !breaks || random.nextInt(3) > 0;
            transfer(
                    manifest,
                    node,
                    repo,
                    "blob",
                    blob.digest,
                    image.digest,
                    version.digest,
                    tag,
                    blob.size,
                    whole ? blob.size : blob.size / 3,
                    whole);
            if (whole) {
                held[node].set(blob.number);
            }
        }
        if (random.nextInt(6) == 0) {
            held[node].clear();
        }
    }

    private void refuse(int node, Repo repo) {
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            decision(node, repo, "HEAD", "latest", null, 0, null, null, null, "deny");
            pause(5_000_000);
        }
        if (random.nextInt(5) == 0) {
            micros += 45_000_000;
            pull(node, repo, false);
        }
    }

    private void secrets(int node, Repo repo) {
        Version version = repo.latest();
        decision(node, repo, "HEAD", version.tag, null, 0, null, null, null, "deny");
        pause(50_000);
        decision(node, repo, "HEAD", version.tag, version.digest, version.size, INDEX, null, null, "allow");
    }

    private void fail(int node, Repo repo) {
        decision(node, repo, "GET", "nope", null, 0, null, null, null, random.nextInt(3) == 0 ? "undecided" : "failed");
    }

    private void repeated(int node, Repo repo) {
        begin("repeated");
        field("source", address(node));
        number("count", random.nextInt(2, 5000));
        field("from", time(micros - 10_000_000));
        field("to", time(micros));
        line.append(",\"of\":[{\"verdict\":\"deny\",\"rule\":\"no-latest\",\"asked\":\"docker.io/")
                .append(repo.path)
                .append(":latest\",\"count\":2}]");
        end();
    }

    private void rare(int dice) {
        switch (dice) {
            case 990 -> simple("config.change", "\"before\":\"1f\",\"after\":\"2f\"");
            case 991 -> simple("policy.change", "\"before\":\"ab\",\"after\":\"cd\"");
            case 992 -> simple("audit.read", "\"who\":\"auditor\",\"what\":\"report denials\"");
            case 993 -> simple("integrity", "\"what\":\"blob\",\"digest\":\"" + bases.get(0).digest + "\"");
            case 994 -> simple("upstream", "\"upstream\":\"docker.io\",\"state\":\"limited\"");
            case 995 -> simple("clock", "\"stepMs\":1500");
            case 996 ->
                simple(
                        "gap",
                        "\"from\":\"" + time(micros - 1) + "\",\"to\":\"" + time(micros) + "\",\"why\":\"disk full\"");
            case 997 -> simple("key.rotated", "\"after\":\"entrepot+00000001\"");
            default -> simple("upstream", "\"upstream\":\"quay.io\",\"state\":\"ok\"");
        }
    }

    private long decision(
            int node,
            Repo repo,
            String method,
            String tag,
            String digest,
            int size,
            String mediaType,
            String forTag,
            String root,
            String verdict) {
        long own = begin("decision");
        boolean allowed = verdict.equals("allow");
        field("verdict", verdict);
        int trial = allowed ? random.nextInt(200) : 200;
        if (trial == 0) {
            line.append(",\"warned\":[{\"rule\":\"signed\",\"message\":\"no signature\"}]");
        } else if (trial == 1) {
            field("exemption", "INC-" + random.nextInt(1000, 1100));
        }
        field("rule", allowed ? "hub-official" : verdict.equals("deny") ? "no-latest" : null);
        field("mode", "enforce");
        field("reason", allowed ? null : "blocked by rule no-latest: use a version");
        field("kind", "manifest");
        field("method", method);
        field("asked", repo.registry + "/" + repo.path + (tag == null ? "@" + digest : ":" + tag));
        where(repo, tag, digest);
        field("mediaType", mediaType);
        if (size > 0) {
            number("size", size);
        }
        if (forTag != null) {
            field("forTag", forTag);
        }
        field("root", root);
        boolean stale = allowed && random.nextInt(300) == 0;
        if (tag != null && allowed) {
            number("tagAge", random.nextInt(stale ? 90_000 : 300));
        }
        field("stale", stale ? "upstream answered 429" : null);
        field("policy", "9f2c4e6a7b01");
        number("settings", 1 + seq / 500_000);
        who(node, true);
        field("cache", stale ? "stale" : allowed ? random.nextInt(30) == 0 ? "revalidated" : "hit" : null);
        field("upstream", repo.registry);
        field("credential", repo.registry.equals("docker.io") ? "hub" : null);
        number("status", allowed ? 200 : verdict.equals("deny") ? 403 : verdict.equals("failed") ? 404 : 503);
        end();
        return own;
    }

    private void transfer(
            long decision,
            int node,
            Repo repo,
            String kind,
            String digest,
            String image,
            String root,
            String tag,
            long size,
            long bytes,
            boolean complete) {
        begin("transfer");
        number("decision", decision);
        field("kind", kind);
        where(repo, null, digest);
        number("size", size);
        field("forTag", tag);
        field("root", root);
        field("image", image);
        who(node, false);
        number("bytes", bytes);
        line.append(",\"complete\":").append(complete);
        number("ms", 1 + bytes / 100_000 + random.nextInt(8));
        field("cache", random.nextInt(12) == 0 ? "fill" : "hit");
        field("upstream", repo.registry);
        end();
    }

    private void where(Repo repo, String tag, String digest) {
        field("registry", repo.registry);
        field("repository", repo.path);
        field("tag", tag);
        field("digest", digest);
    }

    private void who(int node, boolean wholly) {
        field("client", address(node));
        number("port", random.nextInt(32768, 61000));
        field("principal", "node:" + name(node));
        field("proof", "mtls");
        field("node", name(node));
        field("namespace", node % 5 == 0 ? null : "ns-" + node % NAMESPACES);
        if (wholly) {
            field("agent", AGENTS[node % AGENTS.length]);
            field(
                    "trace",
                    node % 25 == 0
                            ? HexFormat.of().toHexDigits(random.nextLong())
                                    + HexFormat.of().toHexDigits(seq)
                            : null);
        }
    }

    private static String address(int node) {
        return "10.20." + node / 250 + "." + (node % 250 + 1);
    }

    private static String name(int node) {
        return "worker-" + node + ".eu-1.corp";
    }

    private void indexRecord(Version version) {
        begin("image");
        field("digest", version.digest);
        field("mediaType", INDEX);
        number("size", version.size);
        line.append(",\"children\":[");
        for (Image image : version.images) {
            line.append("{\"digest\":\"")
                    .append(image.digest)
                    .append("\",\"mediaType\":\"")
                    .append(MANIFEST)
                    .append("\",\"platform\":\"")
                    .append(image.platform)
                    .append("\"},");
        }
        line.setCharAt(line.length() - 1, ']');
        end();
    }

    private void imageRecord(Image image) {
        begin("image");
        field("digest", image.digest);
        field("mediaType", MANIFEST);
        number("size", image.size);
        field("platform", image.platform);
        line.append(",\"config\":");
        descriptor(image.config);
        line.append(",\"layers\":[");
        for (Blob layer : image.layers) {
            descriptor(layer);
            line.append(',');
        }
        line.setCharAt(line.length() - 1, ']');
        end();
    }

    private void descriptor(Blob blob) {
        line.append("{\"digest\":\"")
                .append(blob.digest)
                .append("\",\"size\":")
                .append(blob.size)
                .append('}');
    }

    private void simple(String type, String fields) {
        begin(type);
        line.append(',').append(fields);
        end();
    }

    private long begin(String type) {
        pause(1500);
        line.setLength(0);
        line.append("{\"seq\":")
                .append(seq)
                .append(",\"time\":\"")
                .append(time(micros))
                .append("\",\"type\":\"")
                .append(type)
                .append('"');
        return seq;
    }

    private void end() {
        sink.accept(line.append('}').toString().getBytes(UTF_8));
        seq++;
    }

    private void field(String name, String value) {
        if (value != null) {
            line.append(",\"")
                    .append(name)
                    .append("\":\"")
                    .append(JsonStringEncoder.getInstance().quoteAsString(value))
                    .append('"');
        }
    }

    private void number(String name, long value) {
        line.append(",\"").append(name).append("\":").append(value);
    }

    private void pause(int most) {
        micros += random.nextInt(1, most);
    }

    private static String time(long micros) {
        Instant at = START.plusNanos(micros * 1000);
        String text = at.toString();
        int dot = text.indexOf('.');
        String fraction = dot < 0 ? "" : text.substring(dot + 1, text.length() - 1);
        return (dot < 0 ? text.substring(0, text.length() - 1) : text.substring(0, dot)) + "."
                + (fraction + "000000").substring(0, 6) + "Z";
    }

    private Blob blob(long size) {
        return new Blob(blobs, digest("blob" + blobs++), size);
    }

    private static String digest(String of) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(of.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
