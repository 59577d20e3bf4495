package io.entrepot.server.audit.journal;

import io.entrepot.server.audit.journal.Pending.Awaited;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who waited for records that became durable, or failed, together: one task for each executor resumes them. */
final class Resumption {

    private static final Logger LOG = LoggerFactory.getLogger(Resumption.class);

    private final IdentityHashMap<Executor, List<Awaited>> waiting = new IdentityHashMap<>();

    void add(Pending record, long seq) {
        if (record instanceof Awaited awaited) {
            awaited.durableAs(seq);
            waiting.computeIfAbsent(awaited.resume(), executor -> new ArrayList<>())
                    .add(awaited);
        }
    }

    void succeed() {
        resume(Awaited::complete);
    }

    void fail(IOException cause) {
        resume(awaited -> awaited.fail(cause));
    }

    private void resume(Consumer<Awaited> how) {
        waiting.forEach((executor, all) -> run(executor, () -> all.forEach(how)));
        waiting.clear();
    }

    /** An executor that is shut down has nobody left who could be disturbed: who waits on it is told here. */
    private static void run(Executor executor, Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            task.run();
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("cause", e).log("those who waited for a record not resumed");
        }
    }
}
