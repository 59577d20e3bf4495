package io.entrepot.server.audit.tlog;

import io.entrepot.server.audit.tlog.Finding.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tree of the hashes that were sealed and, from where they differ, that of the records as they read now. Which of the two
 * was changed is known at the next checkpoint.
 */
final class TwoTrees {

    private static final int MOST = 10_000;

    private final Report report;
    private final RightEdge.Completed completed;
    private final RightEdge sealed = new RightEdge();
    private final List<Long> doubts = new ArrayList<>();
    private @Nullable RightEdge read;
    private long more;
    private long lastDoubt = -1;

    TwoTrees(Report report, RightEdge.Completed completed) {
        this.report = report;
        this.completed = completed;
    }

    long size() {
        return sealed.size();
    }

    void append(Hash sealedLeaf, Hash readLeaf) {
        if (!sealedLeaf.equals(readLeaf)) {
            if (read == null) {
                read = sealed.copy();
            }
            lastDoubt = sealed.size();
            if (doubts.size() < MOST) {
                doubts.add(sealed.size());
            } else {
                more++;
            }
        }
        if (read != null) {
            read.append(readLeaf, (height, root) -> {});
        }
        sealed.append(sealedLeaf, completed);
    }

    /** Whether a record from this index on does not have the hash that was sealed. */
    boolean doubts(long from) {
        return lastDoubt >= from;
    }

    /** Whether one of the two has this root; then it is also known which records or hashes were changed. */
    boolean agrees(Hash root) {
        if (sealed.root().equals(root)) {
            settle(Kind.RECORD, "it is not the one that was sealed under the checkpoint of size " + sealed.size());
            return true;
        }
        if (read != null && read.root().equals(root)) {
            settle(
                    Kind.HASHES,
                    "its hash is not the one that the checkpoint of size " + sealed.size()
                            + " confirms; the record itself is");
            return true;
        }
        return false;
    }

    /** No more checkpoints come. */
    void conclude() {
        settle(Kind.RECORD, "it does not have the hash that was sealed");
    }

    private void settle(Kind kind, String message) {
        doubts.forEach(index -> report.find(kind, index, index + 1, message));
        if (more > 0) {
            report.find(kind, more + " more records like these");
        }
        doubts.clear();
        more = 0;
    }
}
