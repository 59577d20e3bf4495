package io.entrepot.loadtest.soak;

import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** What clients saw. */
final class Outcomes {

    private static final int SHOWN = 10;

    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    void count(String what) {
        counts.computeIfAbsent(what, name -> new LongAdder()).increment();
    }

    /** Something that must never be. */
    void wrong(String what) {
        count("WRONG");
        if (wrong.size() < SHOWN) {
            wrong.add(what);
        }
    }

    long of(String what) {
        LongAdder count = counts.get(what);
        return count == null ? 0 : count.sum();
    }

    String text() {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(counts).forEach((what, count) -> text.append(String.format("  %-28s %,d%n", what, count.sum())));
        wrong.forEach(each -> text.append("  WRONG: ").append(each).append('\n'));
        return text.toString();
    }
}
