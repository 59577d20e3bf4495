package io.entrepot.server;

import io.entrepot.server.audit.KeptLog;
import io.entrepot.server.audit.query.Question;
import io.entrepot.server.inspect.AuditQueries;
import io.entrepot.server.inspect.StateDir;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes Parquet of what was recorded, now and then, by a process of its own: so questions find little that is not there yet. */
final class Deriving {

    private static final Logger LOG = LoggerFactory.getLogger(Deriving.class);

    /** Fewer are not worth a process: a question reads them as they are. */
    private static final long WORTH_IT = 10_000;

    private final Auditing audit;
    private final StateDir state;
    private long derived;

    Deriving(Auditing audit, StateDir state) {
        this.audit = audit;
        this.state = state;
    }

    /** Blocks. */
    void step() {
        Optional<KeptLog> kept = audit.kept();
        if (kept.isEmpty() || kept.get().durable() - derived < WORTH_IT) {
            return;
        }
        long end = kept.get().durable();
        try {
            AuditQueries.open(state).ask(Question.derive(kept.get().directory()));
            derived = end;
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("cause", e.toString()).log("no Parquet made of audit records");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
