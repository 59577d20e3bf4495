package io.entrepot.server.policy;

import io.entrepot.config.ConfigException;
import io.entrepot.config.ConfigLoader;
import io.entrepot.config.Network;
import io.entrepot.config.PolicyConfig;
import io.entrepot.oci.Digest;
import io.entrepot.oci.ImageRef;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Platform;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Repository;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Policies, askers and content from a few words. A digest is one letter from a to f, and stands for 64 of them. */
final class Made {

    static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");
    static final Moment NOW = new Moment(NOON, NOON);

    private static final String TAR = "application/vnd.oci.image.layer.v1.tar+gzip";
    private static final String CONFIG = "application/vnd.oci.image.config.v1+json";

    private Made() {}

    static Digest digest(String letter) {
        return Digest.parse("sha256:" + letter.repeat(64));
    }

    /** The section {@code policy} of a configuration; {@code #a} is a digest in it. */
    static PolicyConfig config(String yaml) {
        String text = "policy:\n" + yaml.indent(2).replaceAll("#([a-f])\\b", "sha256:" + "$1".repeat(64));
        try {
            return ConfigLoader.parse("policy", text, Map.of()).policy();
        } catch (ConfigException e) {
            throw new IllegalArgumentException(e.getMessage() + " in\n" + text, e);
        }
    }

    static PullPolicy policy(String yaml) {
        return PullPolicy.of(config(yaml), PullPolicy.Basis.NONE);
    }

    /**
     * With what it rests on: {@code denied a}, {@code pin docker.io/library/alpine:3.20 a}, {@code appeared RULE 80h} (so
     * long ago).
     */
    static PullPolicy policy(String yaml, List<String> basis) {
        Map<Repository, Map<Tag, Pin>> pins = new HashMap<>();
        Set<Digest> denied = new HashSet<>();
        Map<String, Instant> appeared = new HashMap<>();
        for (String line : basis) {
            String[] words = line.split(" +");
            switch (words[0]) {
                case "denied" -> denied.add(digest(words[1]));
                case "appeared" -> appeared.put(words[1], NOON.minus(Duration.parse("PT" + words[2])));
                case "pin" -> {
                    ImageRef ref = ImageRef.parse(words[1]);
                    pins.computeIfAbsent(ref.repository(), repository -> new HashMap<>())
                            .put((Tag) ref.reference(), new Pin(digest(words[2]), "", ""));
                }
                default -> throw new IllegalArgumentException("basis: " + line);
            }
        }
        return PullPolicy.of(config(yaml), new PullPolicy.Basis(new PinBook(pins), denied, appeared));
    }

    /** {@code docker.io/library/alpine:3.20} or {@code alpine@a}; {@code @64} in a tag is the hex of a digest. */
    static Asked asked(String written, String who) {
        String image = signed(written);
        int at = image.indexOf('@');
        ImageRef ref = ImageRef.parse(at < 0 ? image : image.substring(0, at + 1) + digest(image.substring(at + 1)));
        return new Asked(ref.repository(), ref.reference(), asker(who));
    }

    private static String signed(String text) {
        return text.replace("@64", "e".repeat(64));
    }

    /** {@code anybody}, {@code operator}, or words like {@code user=alice group=ops ns=prod sa=builder ip=10.0.0.1}. */
    static Asker asker(String who) {
        String user = "";
        Set<String> groups = new TreeSet<>();
        String namespace = "";
        String account = "";
        String address = "192.0.2.1";
        for (String word : who.strip().split(" +")) {
            String value = word.substring(word.indexOf('=') + 1);
            switch (word.replaceFirst("=.*", "")) {
                case "user" -> user = value;
                case "group" -> groups.add(value);
                case "ns" -> namespace = value;
                case "sa" -> account = value;
                case "ip" -> address = value;
                case "anybody", "operator" -> {}
                default -> throw new IllegalArgumentException("who: " + word);
            }
        }
        return new Asker(
                who.contains("operator"),
                user.isEmpty() && !namespace.isEmpty() ? "system:serviceaccount:" + namespace + ":" + account : user,
                groups,
                Network.address(address),
                namespace,
                account);
    }

    /**
     * Content in words. {@code index}, {@code docker}, {@code subject}, {@code urls}, {@code bare} (without layers);
     * {@code digest=}, {@code layer=} (digest), {@code layers=} (types), {@code config=}, {@code artifact=}, {@code size=},
     * {@code on=} (platforms, or none); {@code under=TAG} followed by any of {@code ,80h} (first seen so long ago),
     * {@code ,pinned} and {@code ,first}.
     */
    static Subject subject(Reference reference, String words) {
        Content content = new Content(reference);
        for (String word : signed(words).strip().split(" +")) {
            content.read(word);
        }
        return content.subject();
    }

    private static final class Content {
        private String digest;
        private String layer = "f";
        private List<String> layers = List.of(TAR);
        private String config = CONFIG;
        private String more = "";
        private String urls = "";
        private String type = MediaType.OCI_MANIFEST.value();
        private long size = 1_000;
        private boolean index;
        private final List<Platform> platforms = new ArrayList<>(List.of(Platform.parse("linux/amd64")));
        private final List<Standing> standings = new ArrayList<>();
        private final Reference reference;

        Content(Reference reference) {
            this.reference = reference;
            this.digest = reference instanceof Reference.ByDigest by
                    ? by.digest().hex().substring(0, 1)
                    : "a";
        }

        void read(String word) {
            String value = word.substring(word.indexOf('=') + 1);
            switch (word.replaceFirst("=.*", "")) {
                case "-" -> {}
                case "index" -> index = true;
                case "docker" -> type = MediaType.DOCKER_MANIFEST.value();
                case "subject" -> more += ",\"subject\":" + descriptor(MediaType.OCI_MANIFEST.value(), "e", 7, "");
                case "urls" -> urls = ",\"urls\":[\"https://example.com/layer\"]";
                case "bare" -> layers = List.of();
                case "digest" -> digest = value;
                case "layer" -> layer = value;
                case "layers" -> layers = List.of(value.split(","));
                case "config" -> config = value;
                case "artifact" -> more += ",\"artifactType\":\"" + value + "\"";
                case "size" -> size = Long.parseLong(value);
                case "on" -> on(value);
                case "under" -> standings.add(standing(value.split(",")));
                default -> throw new IllegalArgumentException("content: " + word);
            }
        }

        private void on(String value) {
            platforms.clear();
            if (!value.equals("none")) {
                List.of(value.split(",")).forEach(each -> platforms.add(Platform.parse(each)));
            }
        }

        private static Standing standing(String[] parts) {
            Optional<Instant> since = Optional.empty();
            boolean pinned = false;
            boolean first = false;
            for (int i = 1; i < parts.length; i++) {
                pinned |= parts[i].equals("pinned");
                first |= parts[i].equals("first");
                if (parts[i].matches("[0-9]+h")) {
                    since = Optional.of(NOON.minus(Duration.parse("PT" + parts[i])));
                }
            }
            return new Standing(new Tag(parts[0]), since, pinned, first);
        }

        Subject subject() {
            if (standings.isEmpty() && reference instanceof Tag tag) {
                standings.add(Standing.bare(tag));
            }
            String json = index ? ofIndex() : ofImage();
            MediaType claimed = index ? MediaType.OCI_INDEX : MediaType.parse(type);
            Manifest manifest = Manifest.parse(Made.digest(digest), json.getBytes(StandardCharsets.UTF_8), claimed);
            return new Subject(manifest, platforms, standings);
        }

        private String ofIndex() {
            return "{\"schemaVersion\":2,\"manifests\":[" + descriptor(type, "c", 500, "") + "]" + more + "}";
        }

        private String ofImage() {
            List<String> all = new ArrayList<>();
            layers.forEach(each -> all.add(descriptor(each, layer, size, urls)));
            return "{\"schemaVersion\":2,\"config\":" + descriptor(config, "d", 0, "") + ",\"layers\":["
                    + String.join(",", all) + "]" + more + "}";
        }

        private static String descriptor(String type, String digest, long size, String urls) {
            return "{\"mediaType\":\"" + type + "\",\"digest\":\"" + Made.digest(digest) + "\",\"size\":" + size + urls
                    + "}";
        }
    }
}
