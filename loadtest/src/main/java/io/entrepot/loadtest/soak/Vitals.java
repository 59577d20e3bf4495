package io.entrepot.loadtest.soak;

import io.entrepot.loadtest.bench.ProcessStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What a process costs, once a second: resident memory, open descriptors, threads (man 5 proc). */
final class Vitals {

    private final long pid;
    private final List<double[]> samples = new ArrayList<>();

    Vitals(long pid) {
        this.pid = pid;
    }

    void sample() {
        ProcessStatus status = ProcessStatus.of(pid);
        samples.add(new double[] {status.residentBytes() / 1048576.0, descriptors(), status.threads()});
    }

    private long descriptors() {
        try (Stream<Path> all = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return all.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Trend memory() {
        return trend("resident memory, MiB", 0, 0.05);
    }

    Trend descriptorsTrend() {
        return trend("descriptors", 1, 0.10);
    }

    Trend threads() {
        return trend("threads", 2, 0.05);
    }

    /** Of the last two thirds: what comes before is warming up. */
    private Trend trend(String name, int column, double tolerance) {
        double[] values = samples.stream()
                .skip(samples.size() / 3)
                .mapToDouble(sample -> sample[column])
                .toArray();
        return new Trend(name, median(values), slope(values) * values.length, tolerance);
    }

    /** The median of the slopes between all pairs (Theil, Sen), for each sample: single peaks do not move it. */
    static double slope(double[] values) {
        double[] slopes = new double[values.length * (values.length - 1) / 2];
        int n = 0;
        for (int i = 0; i < values.length; i++) {
            for (int j = i + 1; j < values.length; j++) {
                slopes[n++] = (values[j] - values[i]) / (j - i);
            }
        }
        return slopes.length == 0 ? 0 : median(slopes);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    static void nap(int millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /**
     * Where a figure went.
     *
     * @param drift what the slope adds up to over the time that counts
     * @param tolerance the part of the median that counts as nothing
     */
    record Trend(String name, double median, double drift, double tolerance) {

        boolean isLevel() {
            return drift <= Math.max(1, median * tolerance);
        }

        @Override
        public String toString() {
            return String.format(
                    "%-22s median %8.1f, drift %+7.2f (at most %.1f)  %s",
                    name, median, drift, Math.max(1, median * tolerance), isLevel() ? "level" : "GROWS");
        }
    }
}
