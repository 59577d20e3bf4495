package io.entrepot.server.admin;

import io.prometheus.client.Collector;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** Numbers that somebody else keeps, read when they are asked for. */
final class Samples extends Collector {

    private final List<Supplier<MetricFamilySamples>> families = new ArrayList<>();

    Samples gauge(String name, String help, DoubleSupplier value) {
        families.add(() -> new GaugeMetricFamily(name, help, value.getAsDouble()));
        return this;
    }

    Samples counter(String name, String help, DoubleSupplier value) {
        families.add(() -> new CounterMetricFamily(name, help, value.getAsDouble()));
        return this;
    }

    /** One value for each element, labelled with its position. */
    Samples gauges(String name, String help, String label, Supplier<List<Double>> values) {
        families.add(() -> {
            GaugeMetricFamily family = new GaugeMetricFamily(name, help, List.of(label));
            List<Double> all = values.get();
            for (int i = 0; i < all.size(); i++) {
                family.addMetric(List.of(String.valueOf(i)), all.get(i));
            }
            return family;
        });
        return this;
    }

    /** One value for each name, as its label. */
    Samples named(String name, String help, String label, Supplier<Map<String, Double>> values) {
        families.add(() -> {
            GaugeMetricFamily family = new GaugeMetricFamily(name, help, List.of(label));
            values.get().forEach((one, value) -> family.addMetric(List.of(one), value));
            return family;
        });
        return this;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        return families.stream().map(Supplier::get).toList();
    }
}
