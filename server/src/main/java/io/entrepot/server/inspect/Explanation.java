package io.entrepot.server.inspect;

import io.entrepot.config.MirrorConfig;
import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.ImageRef;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Repository;
import io.entrepot.server.content.TagPatterns;
import io.entrepot.server.pull.Address;
import io.entrepot.server.pull.Route;
import io.entrepot.server.pull.Router;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the configuration makes of an image reference: the repository that it means, the upstream that is asked, and how
 * long its tag is believed ({@code freshness} is empty for a digest, which needs no believing).
 */
public record Explanation(String asked, Route route, Reference reference, Optional<TagPattern> freshness) {

    /**
     * What these settings make of an image reference.
     *
     * @throws io.entrepot.oci.RegistryException if there is no route
     * @throws IllegalArgumentException if it is no image reference
     */
    public static Explanation of(String image, Router router, TagPatterns tags) {
        ImageRef ref = ImageRef.parse(image);
        Route route = router.route(Address.of(ref.repository().toString()));
        return new Explanation(image, route, ref.reference(), freshness(route.repository(), ref.reference(), tags));
    }

    /** The same from a configuration alone; no upstream is opened for it. */
    public static Explanation of(String image, MirrorConfig config) {
        return of(image, new Router(config, new Unopened(config)), TagPatterns.of(config.tags()));
    }

    public Repository repository() {
        return route.repository();
    }

    /** Whether it is a tag that is served as first seen. */
    public boolean immutable() {
        return freshness
                .filter(pattern -> pattern.mode() == TagPattern.Mode.IMMUTABLE)
                .isPresent();
    }

    private static Optional<TagPattern> freshness(Repository repository, Reference reference, TagPatterns tags) {
        return reference instanceof Reference.Tag tag ? Optional.of(tags.match(repository, tag)) : Optional.empty();
    }

    /** As it is printed and sent. */
    public Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("asked", asked);
        facts.put("repository", repository().toString());
        facts.put("reference", reference.toString());
        facts.put("upstream", upstream(route.upstream().config(), repository()));
        freshness.ifPresent(pattern -> facts.put("freshness", pattern(pattern)));
        return facts;
    }

    private static Map<String, Object> upstream(UpstreamConfig upstream, Repository repository) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("registry", upstream.registry().name());
        facts.put("url", upstream.url().toString());
        facts.put("credentials", credentials(upstream.credentials().of(repository.path())));
        facts.put("internal", upstream.internal());
        facts.put("shared", upstream.shared());
        facts.put("key", upstream.key());
        facts.put("offline", upstream.offline());
        return facts;
    }

    private static String credentials(Credentials credentials) {
        if (credentials instanceof Credentials.Basic basic) {
            return "user " + basic.username();
        }
        return credentials.account().isEmpty() ? "anonymous" : credentials.account();
    }

    private static Map<String, Object> pattern(TagPattern pattern) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("match", pattern.match());
        facts.put("mode", pattern.mode().name().toLowerCase(Locale.ROOT));
        facts.put("fresh", text(pattern.fresh()));
        facts.put("stale", text(pattern.stale()));
        facts.put("wait", text(pattern.maxWait()));
        return facts;
    }

    /** As durations stand in a configuration: {@code 1h30m}. */
    private static String text(Duration duration) {
        return duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }
}
