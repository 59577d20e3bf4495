package io.entrepot.loadtest.bench;

import java.util.List;

/** What was measured round after round. */
public record Samples(List<Double> values) {

    public Samples {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("samples: none (expected: at least one)");
        }
        values = values.stream().sorted().toList();
    }

    /** These without the first ones, in which everything is still cold. */
    public static Samples dropping(int first, List<Double> inOrder) {
        return new Samples(inOrder.subList(first, inOrder.size()));
    }

    /** A single one. */
    public static Samples of(double value) {
        return new Samples(List.of(value));
    }

    public double median() {
        int middle = values.size() / 2;
        return values.size() % 2 == 1 ? values.get(middle) : (values.get(middle - 1) + values.get(middle)) / 2;
    }

    /** The value that this share of them does not exceed, as in 0.99. */
    public double quantile(double share) {
        return values.get((int) Math.min(values.size() - 1L, (long) (values.size() * share)));
    }

    public double min() {
        return values.get(0);
    }

    public double max() {
        return values.get(values.size() - 1);
    }

    /** This median over that one. */
    public double over(Samples other) {
        return median() / other.median();
    }
}
