package io.entrepot.server.admin;

import io.entrepot.server.upstream.BudgetReport;
import io.prometheus.client.Collector;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What upstreams grant and what became of it, by the upstream's key and the account. Several registries that one pattern
 * admits are one: amounts are added, of times the nearest counts, of the stretch the longest.
 */
final class BudgetSamples extends Collector {

    private static final List<String> LABELS = List.of("upstream", "account");

    private final Supplier<List<BudgetReport>> budgets;

    BudgetSamples(Supplier<List<BudgetReport>> budgets) {
        this.budgets = budgets;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        List<BudgetReport> all = budgets.get();
        Instant now = Instant.now();
        List<MetricFamilySamples> families = new ArrayList<>();
        families.add(gauge(
                all,
                "limit",
                "Requests that the upstream grants in its window; none where it limits nothing.",
                Double::sum,
                each -> each.granted().map(granted -> (double) granted.limit())));
        families.add(gauge(
                all,
                "left",
                "Of these, what is left.",
                Double::sum,
                each -> each.granted().map(granted -> (double) each.left())));
        families.add(gauge(
                all,
                "reserved",
                "Of what is left, what is kept for some alone.",
                Double::sum,
                each -> each.granted().map(granted -> (double) each.reserved())));
        families.add(gauge(
                all,
                "refill_seconds",
                "Until some of it comes back.",
                Double::min,
                each -> each.granted().map(granted -> seconds(now, granted.refills()))));
        families.add(gauge(
                all,
                "exhausted_seconds",
                "Until nothing is left if it goes on as it did lately; none where it will not come to that.",
                Double::min,
                each -> each.granted().flatMap(granted -> granted.exhausted()).map(at -> seconds(now, at))));
        families.add(gauge(
                all,
                "limited",
                "1 while the upstream refuses us by 429.",
                Double::max,
                each -> Optional.of(each.pullsAgain().or(each::anythingAgain).isPresent() ? 1.0 : 0.0)));
        families.add(gauge(
                all,
                "stretch",
                "How many times longer than usual tags are believed.",
                Double::max,
                each -> Optional.of((double) each.stretch())));
        families.add(gauge(
                all,
                "waiting",
                "Requests that wait for their turn.",
                Double::max,
                each -> Optional.of((double) each.waiting())));
        families.add(counter(
                all,
                "sent",
                "Requests sent, repetitions included, by what they were for.",
                "endpoint",
                each -> each.sent()));
        families.add(counter(
                all,
                "saved",
                "Answers from the cache, by the request that they saved.",
                "endpoint",
                each -> each.saved()));
        families.add(
                counter(all, "withheld", "Requests that were not sent, by reason.", "reason", each -> each.withheld()));
        return families;
    }

    private static double seconds(Instant now, Instant then) {
        return Math.max(0, Duration.between(now, then).toSeconds());
    }

    private static MetricFamilySamples gauge(
            List<BudgetReport> all,
            String name,
            String help,
            BinaryOperator<Double> merge,
            Function<BudgetReport, Optional<Double>> value) {
        Map<List<String>, Double> values = new LinkedHashMap<>();
        for (BudgetReport each : all) {
            value.apply(each).ifPresent(found -> values.merge(labels(each), found, merge));
        }
        GaugeMetricFamily family = new GaugeMetricFamily("entrepot_upstream_budget_" + name, help, LABELS);
        values.forEach(family::addMetric);
        return family;
    }

    private static <E extends Enum<E>> MetricFamilySamples counter(
            List<BudgetReport> all,
            String name,
            String help,
            String label,
            Function<BudgetReport, Map<E, Long>> counts) {
        Map<List<String>, Double> values = new LinkedHashMap<>();
        for (BudgetReport each : all) {
            counts.apply(each).forEach((what, count) -> {
                List<String> labels = new ArrayList<>(labels(each));
                labels.add(UpstreamsApi.label(what));
                values.merge(labels, (double) count, Double::sum);
            });
        }
        CounterMetricFamily family = new CounterMetricFamily(
                "entrepot_upstream_budget_" + name, help, List.of("upstream", "account", label));
        values.forEach(family::addMetric);
        return family;
    }

    private static List<String> labels(BudgetReport budget) {
        return List.of(budget.upstream(), budget.account());
    }
}
