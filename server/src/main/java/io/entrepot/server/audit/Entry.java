package io.entrepot.server.audit;

import io.entrepot.server.audit.AuditEvent.Happened.Fact;
import io.entrepot.server.audit.journal.Body;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An event that waits to be written: as whoever reported it left it, with the time at which that was. It becomes text on the
 * thread that writes, not on the one that reported it: that serves pulls.
 */
final class Entry implements Body {

    private static final Logger LOG = LoggerFactory.getLogger(Entry.class);

    /** A record of a pull whose texts are short. */
    private static final int USUAL = 1_024;

    private static final int OF_A_PART = 256;

    private static final ThreadLocal<RecordWriter> WRITER = ThreadLocal.withInitial(RecordWriter::new);

    private final AuditEvent event;
    private final Naming naming;
    private final Instant time = Instant.now();
    private boolean written = true;

    Entry(AuditEvent event, Naming naming) {
        this.event = event;
        this.naming = naming;
    }

    @Override
    public int weight() {
        return Math.min(USUAL + more(), RecordWriter.LONGEST);
    }

    /** What clients and upstreams fill, and what there are many of. */
    private int more() {
        if (event instanceof AuditEvent.Decision decision) {
            return decision.what().asked().length()
                    + decision.who().agent().length()
                    + decision.ruling().reason().length();
        }
        if (event instanceof AuditEvent.Unroutable unroutable) {
            return unroutable.asked().length() + unroutable.who().agent().length();
        }
        if (event instanceof AuditEvent.Image image) {
            return OF_A_PART * image.parts().size();
        }
        return 0;
    }

    /** The record; that there is none, if it cannot be made: a defect, and no reason to stop what others wait for. */
    @Override
    public byte[] bytes() {
        RecordWriter writer = WRITER.get();
        try {
            return writer.write(event, time, naming);
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("record not written");
            written = false;
            String why = "a record could not be written: " + e.getClass().getSimpleName();
            return writer.write(new AuditEvent.Happened("gap", List.of(Fact.of("why", why))), time, naming);
        }
    }

    /** False if what is on record is that it is not; to be asked when it is durable. */
    boolean isWritten() {
        return written;
    }
}
