package io.entrepot.server;

import io.entrepot.config.MirrorConfig;
import io.entrepot.oci.Digest;
import io.entrepot.oci.ImageRef;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.server.admin.Explainer;
import io.entrepot.server.content.Content;
import io.entrepot.server.content.Resolved;
import io.entrepot.server.content.TagMeaning;
import io.entrepot.server.content.TagRule;
import io.entrepot.server.content.TagSighting;
import io.entrepot.server.inspect.Explanation;
import io.entrepot.server.inspect.Holdings;
import io.entrepot.server.inspect.PolicyFacts;
import io.entrepot.server.inspect.Ruling;
import io.entrepot.server.inspect.Rulings;
import io.entrepot.server.inspect.Who;
import io.entrepot.server.policy.Asked;
import io.entrepot.server.policy.Moment;
import io.entrepot.server.policy.Subject;
import io.entrepot.server.policy.Verdict;
import io.entrepot.server.pull.Askers;
import io.entrepot.server.pull.Settings;
import io.entrepot.server.pull.Subjects;
import io.entrepot.storage.TagRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Explains an image reference with the settings in force, the store, and the rules held against what is held. Nothing is
 * pulled for it: what is not held is judged by its names.
 */
record Explaining(
        Supplier<MirrorConfig> config,
        Supplier<Settings> settings,
        Holdings holdings,
        Content content,
        Executor executor)
        implements Explainer {

    /** What was found in the store, and who asks. */
    private record Found(Explanation explanation, Map<String, Object> facts, Optional<Resolved> held) {}

    @Override
    public CompletableFuture<Map<String, Object>> explain(String image, Who who) {
        Settings now = settings.get();
        MirrorConfig config = this.config.get();
        Moment moment = new Moment(Instant.now(), content.trustedNow());
        return CompletableFuture.supplyAsync(() -> found(image, now, config, who, moment), executor)
                .thenCompose(found -> judged(found, now, config, who, moment));
    }

    private Found found(String image, Settings now, MirrorConfig config, Who who, Moment moment) {
        Explanation explanation = Explanation.of(image, now.router(), now.tags());
        Map<String, Object> facts = explanation.facts();
        try {
            facts.put("held", holdings.of(explanation.repository(), explanation.reference(), explanation.immutable()));
            Asked asked = new Asked(
                    explanation.repository(), explanation.reference(), Askers.of(who.principal(config.access())));
            return new Found(
                    explanation, facts, resolved(explanation, now.policy().onNames(asked, moment), moment));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<Resolved> resolved(Explanation explanation, Verdict byNames, Moment moment) throws IOException {
        Reference reference = explanation.reference();
        if (reference instanceof Reference.ByDigest by) {
            return resolved(explanation, by.digest(), Optional.empty());
        }
        TagRule rule = byNames instanceof Verdict.Allow allow ? allow.tagRule() : TagRule.FREE;
        Optional<TagRecord> record = holdings.record(explanation.repository(), (Tag) reference);
        if (record.isEmpty()) {
            return Optional.empty();
        }
        TagMeaning meaning = TagMeaning.of(record.get(), explanation.freshness().orElseThrow(), rule, moment.trusted());
        return resolved(explanation, meaning.digest(), Optional.of(meaning.sighting()));
    }

    private Optional<Resolved> resolved(Explanation explanation, Digest digest, Optional<TagSighting> sighting)
            throws IOException {
        Optional<Manifest> held = holdings.manifest(explanation.repository(), digest);
        return held.map(
                manifest -> new Resolved(manifest, Resolved.Source.HIT, Duration.ZERO, Optional.empty(), sighting));
    }

    private CompletableFuture<Map<String, Object>> judged(
            Found found, Settings now, MirrorConfig config, Who who, Moment moment) {
        Rulings rulings = Rulings.of(config, now, moment.trusted());
        Explanation explanation = found.explanation();
        ImageRef image = new ImageRef(explanation.repository(), explanation.reference());
        if (found.held().isEmpty()) {
            return CompletableFuture.completedFuture(
                    with(found, PolicyFacts.byNames(who, rulings.of(image, who, moment.wall()), rulings.pin(image))));
        }
        return new Subjects(content)
                .of(
                        now,
                        explanation.route(),
                        who.principal(config.access()),
                        moment,
                        found.held().get())
                .thenApply(subject -> with(found, byContent(rulings, image, who, subject, moment)));
    }

    private static Map<String, Object> byContent(
            Rulings rulings, ImageRef image, Who who, Subject subject, Moment moment) {
        Ruling ruling = rulings.of(image, who, subject, moment.wall());
        return PolicyFacts.byContent(who, ruling, rulings.pin(image), subject, moment.trusted());
    }

    private static Map<String, Object> with(Found found, Map<String, Object> policy) {
        found.facts().put("policy", policy);
        return found.facts();
    }
}
