package io.entrepot.server;

import io.entrepot.server.audit.KeptLog;
import io.entrepot.server.audit.query.QueryProcess;
import io.entrepot.server.audit.query.Question;
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
    private final QueryProcess process;
    private long derived;

    /** Makes it by the process that answers questions too: one at a time. */
    Deriving(Auditing audit, QueryProcess process) {
        this.audit = audit;
        this.process = process;
    }

    /** Blocks. */
    void step() {
        Optional<KeptLog> kept = audit.kept();
        if (kept.isEmpty() || kept.get().durable() - derived < WORTH_IT) {
            return;
        }
        long end = kept.get().durable();
        try {
            process.ask(Question.derive(kept.get().directory()));
            derived = end;
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("cause", e.toString()).log("no Parquet made of audit records");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
