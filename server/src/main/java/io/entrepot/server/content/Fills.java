package io.entrepot.server.content;

import io.entrepot.config.MirrorConfig;
import io.entrepot.oci.Registry;
import io.entrepot.server.content.Fill.FillOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The downloads in progress: one for each (registry, digest), a bounded number for each registry. */
final class Fills {

    private final Store store;
    private final MirrorConfig.Fills config;
    private final Incidents incidents;
    private final ContentStats stats;
    private final Relays relays;
    private final Map<Target.Key, Fill> running = new ConcurrentHashMap<>();
    private final Map<Registry, Slots> slots = new ConcurrentHashMap<>();
    private volatile boolean stopping;

    Fills(Store store, MirrorConfig.Fills config, Incidents incidents, ContentStats stats, Relays relays) {
        this.store = store;
        this.config = config;
        this.incidents = incidents;
        this.stats = stats;
        this.relays = relays;
    }

    /** The download of this content that is in progress. */
    Optional<Fill> find(Target target) {
        return Optional.ofNullable(running.get(target.key()));
    }

    /**
     * Joins the download of this content, or one that is then started: whoever causes a download waits for it before it can
     * end.
     */
    <T> T join(Target target, Fill.Sizing sizing, Function<Fill, T> join) {
        Fill mine = new Fill(
                target,
                store,
                new FillOptions(config.resumes(), config.ranges(), config.waiters()),
                incidents,
                stats,
                relays,
                this::keepWithinBudget);
        Fill other = running.putIfAbsent(target.key(), mine);
        if (other != null) {
            return join.apply(other);
        }
        mine.ended().whenComplete((done, failure) -> running.remove(target.key(), mine));
        T joined = join.apply(mine);
        if (stopping) {
            mine.stop();
        }
        startInTurn(mine, sizing);
        return joined;
    }

    private void startInTurn(Fill fill, Fill.Sizing sizing) {
        Registry registry = fill.target().upstream().registry();
        Slots places = slots.computeIfAbsent(registry, one -> new Slots(config.perUpstream()));
        places.take().whenComplete((taken, failure) -> {
            if (failure == null) {
                fill.ended().whenComplete((done, never) -> places.giveBack());
                fill.start(sizing);
            } else {
                fill.refuse(failure);
            }
        });
    }

    /** Downloads in progress. */
    int count() {
        return running.size();
    }

    /** Readers that wait for bytes of a download. */
    int waiting() {
        return running.values().stream().mapToInt(Fill::waiting).sum();
    }

    /** Stops every download, and those that would be started from now on. */
    CompletableFuture<Void> stop() {
        stopping = true;
        List<Fill> all = new ArrayList<>(running.values());
        all.forEach(Fill::stop);
        return CompletableFuture.allOf(all.stream().map(Fill::ended).toArray(CompletableFuture<?>[]::new));
    }

    /** Downloads that nobody reads go on while what is left of them fits the budget; the largest rest is given up first. */
    private void keepWithinBudget() {
        List<Fill> abandoned = new ArrayList<>(
                running.values().stream().filter(Fill::isAbandoned).toList());
        abandoned.sort((a, b) -> Long.compare(a.remaining(), b.remaining()));
        long left = config.abandonedBudget();
        for (Fill fill : abandoned) {
            left -= fill.remaining();
            if (left < 0) {
                fill.stop();
            }
        }
    }
}
