package io.entrepot.config;

import io.entrepot.config.PolicyRule.Effect;
import io.entrepot.config.PolicyRule.Mode;
import io.entrepot.oci.Glob;
import io.entrepot.oci.Registry;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Says what of a rule can match nothing in this mirror, so that a refusal that never happens is not taken for one. */
record RuleDoubts(KnownUpstreams upstreams, AccessConfig access) {

    private static final String IDENTITY = "access.client-ca, htpasswd, issuers or nodes";

    void say(Section rule, PolicyRule read) {
        if (read.mode() == Mode.OFF) {
            return;
        }
        Section match = rule.section("match");
        read.match().registries().forEach(glob -> registry(match, glob));
        read.match().repositories().forEach(glob -> repository(match, glob));
        asker(match, read.match().asker());
        if (read.effect() instanceof Effect.Deny deny && deny.words().message().isEmpty()) {
            rule.doubt("deny", "no words (expected: what a refused person is to read)");
        }
    }

    private void registry(Section match, Glob glob) {
        boolean named = upstreams.names().stream().anyMatch(registry -> glob.matches(registry.name()));
        if (!named && !isOfAPattern(glob.pattern())) {
            match.doubt("registries", glob + " is no upstream, so that it matches nothing" + expected(glob.pattern()));
        }
    }

    private void repository(Section match, Glob glob) {
        String pattern = glob.pattern();
        int slash = pattern.indexOf('/');
        String first = slash < 0 ? pattern : pattern.substring(0, slash);
        if (!new TagMatch(pattern, "**").canMatch(upstreams.names()) && !isOfAPattern(first)) {
            match.doubt(
                    "repositories",
                    glob + " begins with no upstream, so that it matches nothing"
                            + (Registry.looksLikeRegistry(first)
                                    ? expected(first)
                                    : " (expected: registry/path, as in docker.io/library/*)"));
        }
    }

    /** Whether a registry of this name, or of one that fits it, may be an upstream by a pattern. */
    private boolean isOfAPattern(String name) {
        if (UpstreamPattern.isPattern(name)) {
            return !upstreams.patterns().isEmpty();
        }
        Registry registry = new Registry(name);
        return upstreams.patterns().stream().anyMatch(pattern -> pattern.matches(registry));
    }

    private String expected(String name) {
        Optional<String> near = upstreams.names().stream()
                .map(Registry::name)
                .filter(known -> Distance.between(name, known) <= Math.max(1, known.length() / 3))
                .min(Comparator.comparingInt(known -> Distance.between(name, known)));
        return near.map(known -> " (did you mean " + known + "?)").orElse(" (expected: " + upstreams.expected() + ")");
    }

    private void asker(Section match, AskerMatch asker) {
        boolean named = access.clientCa().isPresent()
                || access.htpasswd().isPresent()
                || !access.issuers().isEmpty()
                || access.nodes();
        boolean grouped = named
                || access.groups().values().stream()
                        .anyMatch(group -> !group.networks().isEmpty());
        unproven(match, "users", asker.users(), named, IDENTITY);
        unproven(match, "groups", asker.groups(), grouped, IDENTITY + ", or access.groups with networks");
        // service accounts are known by their tokens alone
        boolean tokens = !access.issuers().isEmpty();
        unproven(match, "namespaces", asker.namespaces(), tokens, "access.issuers");
        unproven(match, "service-accounts", asker.serviceAccounts(), tokens, "access.issuers");
    }

    private static void unproven(Section match, String key, List<Glob> meant, boolean known, String expected) {
        if (!meant.isEmpty() && !known) {
            match.doubt(key, "nobody can prove who they are, so that it matches nobody (expected: " + expected + ")");
        }
    }
}
