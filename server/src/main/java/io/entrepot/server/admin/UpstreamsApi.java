package io.entrepot.server.admin;

import io.entrepot.server.upstream.BudgetReport;
import io.entrepot.server.upstream.EndpointHealth;
import io.entrepot.server.upstream.Upstream;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import io.entrepot.server.upstream.Withheld.Reason;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The upstreams that are open, how it stands with their endpoints, and what became of what they grant: {@code GET /api/v1/upstreams}. */
public final class UpstreamsApi {

    private final Supplier<List<Upstream>> upstreams;

    public UpstreamsApi(Supplier<List<Upstream>> upstreams) {
        this.upstreams = upstreams;
    }

    CompletableFuture<Reply> list() {
        List<Map<String, Object>> all = upstreams.get().stream()
                .sorted(Comparator.comparing(each -> each.registry().name()))
                .map(UpstreamsApi::facts)
                .toList();
        return CompletableFuture.completedFuture(Reply.json(200, Map.of("upstreams", all)));
    }

    private static Map<String, Object> facts(Upstream upstream) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("registry", upstream.registry().name());
        facts.put("key", upstream.config().key());
        facts.put(
                "endpoints", upstream.health().stream().map(UpstreamsApi::facts).toList());
        facts.put(
                "budgets", upstream.budgets().stream().map(UpstreamsApi::facts).toList());
        return facts;
    }

    private static Map<String, Object> facts(EndpointHealth endpoint) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("host", endpoint.host());
        facts.put("state", label(endpoint.state()));
        endpoint.since().ifPresent(since -> {
            facts.put("since", text(since));
            facts.put("why", endpoint.why());
            facts.put("askedAgainSeconds", endpoint.askedAgainIn().toSeconds());
        });
        return facts;
    }

    private static Map<String, Object> facts(BudgetReport budget) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("account", budget.account());
        budget.granted().ifPresent(granted -> {
            facts.put("limit", granted.limit());
            facts.put("windowSeconds", granted.window().toSeconds());
            facts.put("left", budget.left());
            facts.put("reserved", budget.reserved());
            facts.put("spentInWindow", granted.spent());
            facts.put("source", granted.source());
            facts.put("heard", text(granted.heard()));
            facts.put("refills", text(granted.refills()));
            granted.exhausted().ifPresent(at -> facts.put("exhausted", text(at)));
        });
        facts.put("stretch", budget.stretch());
        budget.pullsAgain().ifPresent(at -> facts.put("pullsAgain", text(at)));
        budget.anythingAgain().ifPresent(at -> facts.put("anythingAgain", text(at)));
        facts.put("waiting", budget.waiting());
        facts.put("sent", counts(Endpoint.values(), budget.sent()));
        facts.put("saved", counts(Endpoint.values(), budget.saved()));
        facts.put("withheld", counts(Reason.values(), budget.withheld()));
        return facts;
    }

    private static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** In the order of the enum, each under its name in small letters. */
    private static <E extends Enum<E>> Map<String, Long> counts(E[] order, Map<E, Long> counts) {
        Map<String, Long> named = new LinkedHashMap<>();
        for (E each : order) {
            if (counts.containsKey(each)) {
                named.put(label(each), counts.get(each));
            }
        }
        return named;
    }

    static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
