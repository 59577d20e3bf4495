package io.entrepot.server.audit.query;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.entrepot.server.audit.AuditLog;
import io.entrepot.server.audit.KeptLog;
import io.entrepot.server.audit.Naming;
import io.entrepot.server.audit.journal.Body;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** A real log of a fleet's records, journal and sealed volumes, and what is worth asking about it. */
public final class FleetLog {

    private static final long SEGMENT = 64L << 20;
    private static final long MOST = 1L << 40;

    private final Fleet.Size size;
    private final Map<String, Uses> manifests = new HashMap<>();
    private final Map<String, Uses> blobs = new HashMap<>();
    private long written;

    private FleetLog(Fleet.Size size) {
        this.size = size;
    }

    /** How often a digest was given out, and on which days. */
    private static final class Uses {
        private final BitSet days = new BitSet();
        private int count;
    }

    /**
     * Digests to ask for.
     *
     * @param popular the manifest that was asked for most often
     * @param steady of those that were asked for on two of three days, the one that was asked for least
     * @param rare a manifest that was asked for on few days, in the middle of the time
     * @param layer the blob that most was sent of
     * @param rareLayer a blob that was sent on few days, in the middle of the time
     */
    public record Digests(String popular, String steady, String rare, String layer, String rareLayer) {}

    /** Writes them behind a log's records, or into a directory that has none yet, its key beside it. */
    public static FleetLog write(Path directory, long seed, Fleet.Size size) throws IOException {
        FleetLog fleet = new FleetLog(size);
        KeptLog.Settings settings = new KeptLog.Settings(
                directory,
                directory.resolveSibling("audit.key"),
                "fleet/entrepot",
                true,
                SEGMENT,
                MOST,
                Duration.ZERO,
                false);
        try (KeptLog kept = KeptLog.open(settings)) {
            kept.start(new AuditLog(kept, () -> Runnable::run, Naming.PLAIN, false));
            Fleet.write(seed, size, record -> fleet.take(kept, record));
            while (kept.durable() < size.from() + fleet.written) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
        return fleet;
    }

    /** The journal puts the number there itself. */
    private void take(KeptLog kept, byte[] record) {
        String text = new String(record, ISO_8859_1);
        byte[] body = text.substring(text.indexOf(',') + 1).getBytes(ISO_8859_1);
        while (!kept.post(Body.of(body))) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        boolean blob = text.contains("\"kind\":\"blob\"");
        if (blob || text.contains("\"kind\":\"manifest\"")) {
            count(blob ? blobs : manifests, text);
        }
        written++;
    }

    private void count(Map<String, Uses> of, String text) {
        int at = text.indexOf("\"digest\":\"");
        if (at > 0) {
            Uses uses = of.computeIfAbsent(text.substring(at + 10, text.indexOf('"', at + 10)), digest -> new Uses());
            uses.count++;
            uses.days.set((int) (written * size.days() / size.records()));
        }
    }

    /** Of what was written. @throws java.util.NoSuchElementException if that is too little */
    public Digests digests() {
        long days = size.days();
        Predicate<Uses> rare = uses -> uses.days.cardinality() <= 3 && uses.days.nextSetBit(0) > days / 3;
        return new Digests(
                most(manifests),
                least(manifests, uses -> uses.days.cardinality() * 3L >= days * 2),
                least(manifests, rare),
                most(blobs),
                least(blobs, rare));
    }

    private static String most(Map<String, Uses> of) {
        return of.entrySet().stream()
                .max(Comparator.<Map.Entry<String, Uses>>comparingInt(each -> each.getValue().count)
                        .thenComparing(Map.Entry::getKey))
                .orElseThrow()
                .getKey();
    }

    private static String least(Map<String, Uses> of, Predicate<Uses> which) {
        return of.entrySet().stream()
                .filter(each -> which.test(each.getValue()))
                .min(Comparator.<Map.Entry<String, Uses>>comparingInt(each -> each.getValue().count)
                        .thenComparing(Map.Entry::getKey))
                .orElseThrow()
                .getKey();
    }
}
