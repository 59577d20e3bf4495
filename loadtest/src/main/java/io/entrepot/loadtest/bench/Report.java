package io.entrepot.loadtest.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** The figures, as a table for people and as JSON for what comes after. */
public final class Report {

    /** Above this difference of nginx to itself the machine was too restless for a ratio to mean much. */
    public static final double STEADY = 0.10;

    /** Above this one, the mirror is judged by the mean of nginx's two turns: by which of them, would be chance. */
    public static final double SAME = 0.05;

    private static final JsonMapper JSON = new JsonMapper();

    private final ObjectNode json = JSON.createObjectNode();
    private final StringBuilder text = new StringBuilder();
    private final List<Goal> goals = new ArrayList<>();
    private boolean steady = true;

    public Report(Machine machine, String setting) {
        line("machine   %s, %d cores, %s", machine.processor(), machine.cores(), machine.memory());
        line("          %s, %s", machine.kernel(), machine.java());
        line("setting   %s", setting);
        json.set("machine", JSON.valueToTree(machine));
        json.put("setting", setting);
    }

    /**
     * Adds a race of hot content and its goal: the mirror's CPU over that of the first contender, or over the mean of that
     * one's two turns where they differ by more than {@link #SAME}.
     */
    public void add(String title, HotRace race, List<HotRace.Result> results, String mirror, double limit) {
        add(title, race, results, mirror, Measure.PROCESS, limit);
    }

    /** Adds a race of two mirrors, with a goal for what their event loops use. */
    public void addPath(String title, HotRace race, List<HotRace.Result> results, String mirror, double limit) {
        add(title, race, results, mirror, Measure.PATH, limit);
    }

    /** Whose CPU is judged. */
    private enum Measure {
        PROCESS("CPU"),
        PATH("CPU of the event loops");

        private final String words;

        Measure(String words) {
            this.words = words;
        }

        Samples of(HotRace.Result result) {
            return this == PROCESS ? result.cpu() : result.path();
        }
    }

    private void add(
            String title, HotRace race, List<HotRace.Result> results, String mirror, Measure measure, double limit) {
        HotRace.Result limitOf = results.get(0);
        HotRace.Result again = results.get(results.size() - 1);
        line("");
        line(
                "%s, %d connections, %d rounds of %d s, the first %d dropped",
                title, race.connections(), race.rounds(), race.duration().toSeconds(), HotRace.DROPPED);
        line(
                "  %-16s %26s %8s   %s",
                "", race.work().cpuUnit(), "ratio", race.work().rateUnit());
        Samples own = measure.of(limitOf);
        double difference = Math.abs(measure.of(again).over(own) - 1);
        double limitCpu = difference > SAME ? (own.median() + measure.of(again).median()) / 2 : own.median();
        ArrayNode rows = race(title);
        for (HotRace.Result result : results) {
            double ratio = result.cpu().over(limitOf.cpu());
            line("  %-16s %26s %8.2f   %s", result.name(), range(result.cpu()), ratio, range(result.rate()));
            ObjectNode row = rows.addObject().put("name", result.name()).put("cpuRatio", ratio);
            row.set("cpu", values(result.cpu()));
            if (measure == Measure.PATH) {
                line(
                        "  %-16s %26s %8.2f",
                        "  on its loops", range(result.path()), result.path().over(limitOf.path()));
                row.set("path", values(result.path()));
            }
            row.set("rate", values(result.rate()));
            if (result.name().equals(mirror)) {
                double judged = measure.of(result).median() / limitCpu;
                goals.add(new Goal(title + ": " + measure.words + " over " + limitOf.name(), judged, limit, "x"));
                checkWarm(race.work(), result);
            }
        }
        if (difference > SAME) {
            line(
                    "  %s differs from itself by %.0f %%: %s is judged by the mean of both, %.3g",
                    limitOf.name(), difference * 100, mirror, limitCpu);
        }
        checkSteady(title, limitOf.name(), difference);
    }

    private void checkWarm(HotRace.Work work, HotRace.Result result) {
        if (result.warmUp() < work.warmUp()) {
            steady = false;
            line(
                    "  WARNING: %s had done only %.0f before the first round (expected: %.0f); its figure includes its JIT",
                    result.name(), result.warmUp(), work.warmUp());
        }
    }

    private void checkSteady(String title, String name, double difference) {
        if (difference > STEADY) {
            steady = false;
            line(
                    "  WARNING: %s: %s differs from itself by %.0f %% (expected: at most %.0f %%); run it again on a"
                            + " machine at rest",
                    title, name, difference * 100, STEADY * 100);
        }
    }

    /** Adds a race for cold content and its goals: the mirror's first byte over direct, and what the upstream sent. */
    public void add(String title, ColdRace race, List<ColdRace.Result> results, String mirror, double millis) {
        line("");
        line(
                "%s, clients at once: %d, %.1f MB, %d rounds of %d blobs (their median), the first %d dropped",
                title, race.clients(), race.blobSize() / 1e6, race.rounds(), ColdRace.PULLS, HotRace.DROPPED);
        line("  %-16s %22s %22s %12s %10s", "", "first byte ms", "all done ms", "upstream", "requests");
        ArrayNode rows = race(title);
        for (ColdRace.Result result : results) {
            line(
                    "  %-16s %22s %22s %11.2fx %10.0f",
                    result.name(),
                    range(result.firstByte()),
                    range(result.total()),
                    result.upstreamRatio().max(),
                    result.upstreamRequests().max());
            ObjectNode row = rows.addObject().put("name", result.name());
            row.set("firstByteMillis", values(result.firstByte()));
            row.set("totalMillis", values(result.total()));
            row.set("upstreamRatio", values(result.upstreamRatio()));
            row.set("upstreamRequests", values(result.upstreamRequests()));
            if (result.name().equals(mirror)) {
                double later =
                        result.firstByte().median() - results.get(0).firstByte().median();
                goals.add(new Goal(title + ": first byte after direct", later, millis, "ms"));
                goals.add(new Goal(
                        title + ": upstream bytes", result.upstreamRatio().max(), 1.0, "x"));
            }
        }
    }

    /** Adds figures that were measured apart from a race, in the order given. */
    public void add(String title, Map<String, Samples> figures) {
        line("");
        line("%s", title);
        ObjectNode row = race(title).addObject();
        figures.forEach((name, samples) -> {
            line("  %-46s %s", name, range(samples));
            row.set(name, values(samples));
        });
    }

    /** Adds a goal. */
    public void add(Goal goal) {
        goals.add(goal);
    }

    /** True if every goal was met. */
    public boolean met() {
        return goals.stream().allMatch(Goal::met);
    }

    /** The table, with the goals at its end. */
    public String text() {
        StringBuilder all = new StringBuilder(text).append("\ngoals\n");
        for (Goal goal : goals) {
            all.append(format(
                    "  %-7s %-60s %8.2f %-3s (at most %.2f)%n",
                    goal.met() ? "met" : "MISSED", goal.name(), goal.measured(), goal.unit(), goal.limit()));
        }
        return all.toString();
    }

    /** Writes the JSON. */
    public void write(Path file) {
        json.put("steady", steady);
        json.put("met", met());
        ArrayNode all = json.putArray("goals");
        goals.forEach(goal -> all.add(JSON.<ObjectNode>valueToTree(goal).put("met", goal.met())));
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ArrayNode race(String title) {
        ObjectNode race = json.withArray("races").addObject().put("title", title);
        return race.putArray("results");
    }

    private static ObjectNode values(Samples samples) {
        ObjectNode node = JSON.createObjectNode().put("median", samples.median());
        samples.values().forEach(node.putArray("values")::add);
        return node;
    }

    private static String range(Samples samples) {
        Function<Double, String> number = value -> format(value >= 1000 ? "%.0f" : "%.3g", value);
        return number.apply(samples.median()) + " (" + number.apply(samples.min()) + "-" + number.apply(samples.max())
                + ")";
    }

    private void line(String format, Object... values) {
        text.append(format(format, values)).append('\n');
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
