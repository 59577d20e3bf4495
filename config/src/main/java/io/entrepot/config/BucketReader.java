package io.entrepot.config;

import io.entrepot.config.BucketConfig.LockMode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads where objects are put. */
final class BucketReader {

    /** Who says one of these has a bucket in mind. */
    private static final List<String> MEANT = List.of("prefix", "region", "endpoint", "ca", "lock");

    private static final String DEFAULT_REGION = "us-east-1";
    private static final String AMAZON = "[a-z]{2}(-[a-z]{1,12}){1,3}-[0-9]{1,2}";

    private final Section section;
    private final boolean lockable;

    /** @param lockable whether what is put there never changes, and can be locked */
    BucketReader(Section section, boolean lockable) {
        this.section = section;
        this.lockable = lockable;
    }

    /** Empty: none is meant. */
    Optional<BucketConfig> read() {
        Optional<String> name = section.optional("name", BucketReader::name);
        String prefix = section.value("prefix", "", BucketReader::prefix);
        Optional<String> region = section.optional("region", BucketReader::region);
        Optional<URI> endpoint = section.optional("endpoint", BucketReader::endpoint);
        boolean pathStyle = section.choice("style", endpoint.isPresent() ? Style.PATH : Style.HOST) == Style.PATH;
        Optional<Path> ca = section.optional("ca", Text::path);
        boolean internal = section.flag("internal");
        AwsKeysFrom keys = keys();
        Duration lock = lockable ? section.duration("lock", Duration.ZERO) : Duration.ZERO;
        LockMode mode = lockable ? section.choice("lock-mode", LockMode.COMPLIANCE) : LockMode.COMPLIANCE;
        section.end();
        if (name.isEmpty()) {
            nameless();
            return Optional.empty();
        }
        if (!section.has("endpoint") && (region.isPresent() || !section.has("region"))) {
            requireAmazons(name.get(), region);
        }
        check(name.get(), endpoint, pathStyle, ca, internal);
        return Optional.of(new BucketConfig(
                name.get(),
                prefix,
                region.orElse(DEFAULT_REGION),
                endpoint,
                pathStyle,
                ca,
                internal,
                keys,
                lock,
                mode));
    }

    /** How a bucket is addressed: {@code https://host/bucket/key} or {@code https://bucket.host/key}. */
    private enum Style {
        PATH,
        HOST
    }

    private void nameless() {
        if (!section.has("name") && MEANT.stream().anyMatch(section::has)) {
            section.problem("name is missing (expected: the name of the bucket)");
        }
    }

    private void requireAmazons(String name, Optional<String> region) {
        if (!region.orElse("").matches(AMAZON)) {
            section.problem(
                    region.isPresent() ? "region" : "name",
                    region.orElse(name) + " is nowhere (expected: a region as eu-central-1, or endpoint beside it)");
        }
    }

    private void check(String name, Optional<URI> endpoint, boolean pathStyle, Optional<Path> ca, boolean internal) {
        boolean plain = endpoint.filter(uri -> uri.getScheme().equals("http")).isPresent();
        if (plain && !internal) {
            section.problem(
                    "endpoint",
                    endpoint.get() + " is plain HTTP (expected: https, or internal: true beside it if that is meant)");
        }
        if (ca.isPresent() && (plain || endpoint.isEmpty())) {
            section.problem("ca", "is used nowhere (expected: only beside an endpoint with https)");
        }
        if (name.indexOf('.') >= 0 && !pathStyle && !plain) {
            section.problem(
                    "name", name + " has a dot, and no certificate is for its host (expected: style: path beside it)");
        }
    }

    private AwsKeysFrom keys() {
        Section keys = section.section("keys");
        AwsKeysFrom from = new AwsReader(keys).read().orElse(new AwsKeysFrom.Chain());
        keys.end();
        return from;
    }

    private static String name(String text) {
        if (!text.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]") || text.contains("..")) {
            throw new IllegalArgumentException(text + " (expected: the name of a bucket, as in acme-audit)");
        }
        return text;
    }

    private static String prefix(String text) {
        if (!text.matches("[A-Za-z0-9_=-][A-Za-z0-9._=-]*(/[A-Za-z0-9_=-][A-Za-z0-9._=-]*)*") || text.length() > 256) {
            throw new IllegalArgumentException(
                    text + " (expected: letters, digits and -_.= between slashes, as in mirrors/mirror-1)");
        }
        return text;
    }

    private static String region(String text) {
        if (!text.matches("[a-z0-9-]{1,64}")) {
            throw new IllegalArgumentException(text + " (expected: a region, as in eu-central-1)");
        }
        return text;
    }

    private static URI endpoint(String text) {
        URI uri = ExportReader.http(text);
        String path = uri.getRawPath();
        if (path != null && !path.isEmpty() && !path.equals("/") || uri.getRawQuery() != null) {
            throw new IllegalArgumentException(text + " (expected: https://HOST:PORT, the bucket as name)");
        }
        return URI.create(uri.getScheme() + "://" + uri.getRawAuthority());
    }
}
