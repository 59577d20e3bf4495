package io.entrepot.server.cli;

import io.entrepot.config.Quantities;
import io.entrepot.server.audit.query.Filter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** By what records are chosen; all that are given must hold. */
final class AuditFilters {

    @Option(names = "--from", paramLabel = "TIME", description = "Not before this, as in 2026-11-27T08:00:00Z.")
    private @Nullable String from;

    @Option(names = "--since", paramLabel = "AGE", description = "Not older than this, as in 90d or 12h.")
    private @Nullable String since;

    @Option(names = "--to", paramLabel = "TIME", description = "Before this.")
    private @Nullable String to;

    @Option(
            names = "--image",
            paramLabel = "GLOB",
            description = "Of these repositories, as in 'docker.io/library/*' or 'ghcr.io/acme/app:1.*'.")
    private @Nullable String image;

    @Option(
            names = "--digest",
            paramLabel = "DIGEST",
            description = "Of this digest: asked for or served, of the image of a blob, or of the index above.")
    private @Nullable String digest;

    @Option(names = "--layer", paramLabel = "DIGEST", description = "Of every image that contains this blob.")
    private @Nullable String layer;

    @Option(names = "--tag", paramLabel = "GLOB", description = "Asked for by these tags, or come to by them.")
    private @Nullable String tag;

    @Option(names = "--client", paramLabel = "GLOB", description = "By clients at these addresses.")
    private @Nullable String client;

    @Option(names = "--node", paramLabel = "GLOB", description = "By these nodes.")
    private @Nullable String node;

    @Option(names = "--namespace", paramLabel = "GLOB", description = "For these Kubernetes namespaces.")
    private @Nullable String namespace;

    @Option(names = "--principal", paramLabel = "GLOB", description = "By whoever proved to be one of these.")
    private @Nullable String principal;

    @Option(
            names = "--verdict",
            paramLabel = "VERDICT",
            description = "Decided so: allow, deny, undecided, failed or unroutable.")
    private @Nullable String verdict;

    @Option(names = "--rule", paramLabel = "NAME", description = "Decided by this rule.")
    private @Nullable String rule;

    @Option(names = "--upstream", paramLabel = "KEY", description = "Of this upstream.")
    private @Nullable String upstream;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "Records of this type, as in decision or policy.change.")
    private @Nullable String type;

    /** @throws CommandException if an age is none */
    Map<Filter, String> filters() {
        if (from != null && since != null) {
            throw CommandException.usage("--from and --since (expected: one of them)");
        }
        Map<Filter, String> filters = new TreeMap<>();
        put(filters, Filter.FROM, since == null ? from : ago(since));
        put(filters, Filter.TO, to);
        put(filters, Filter.IMAGE, image);
        put(filters, Filter.DIGEST, digest);
        put(filters, Filter.LAYER, layer);
        put(filters, Filter.TAG, tag);
        put(filters, Filter.CLIENT, client);
        put(filters, Filter.NODE, node);
        put(filters, Filter.NAMESPACE, namespace);
        put(filters, Filter.PRINCIPAL, principal);
        put(filters, Filter.VERDICT, verdict);
        put(filters, Filter.RULE, rule);
        put(filters, Filter.UPSTREAM, upstream);
        put(filters, Filter.TYPE, type);
        return filters;
    }

    private static void put(Map<Filter, String> filters, Filter filter, @Nullable String value) {
        if (value != null) {
            filters.put(filter, value);
        }
    }

    private static String ago(String age) {
        try {
            return Instant.now()
                    .minus(Quantities.duration(age))
                    .truncatedTo(ChronoUnit.SECONDS)
                    .toString();
        } catch (IllegalArgumentException e) {
            throw CommandException.usage("--since " + e.getMessage());
        }
    }
}
