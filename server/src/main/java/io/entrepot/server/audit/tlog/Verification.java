package io.entrepot.server.audit.tlog;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a verification came to.
 *
 * @param first records below this index were pruned: their hashes are held against the checkpoints, they themselves not
 * @param size how many records the log has
 * @param covered how many of them a checkpoint with a key of the log covers; those behind are as good as their files
 * @param findings in the order in which they were found, at most {@link Report#MOST} of them
 * @param found how many there were
 */
public record Verification(
        long first,
        long size,
        long covered,
        long checkpoints,
        List<Anchor> anchors,
        List<Finding> findings,
        long found,
        List<String> notes) {

    /** Of the anchors, those of the largest sizes are told one by one: a checkpoint comes each second. */
    private static final int MOST_SHOWN = 8;

    /** What a script asks for. */
    public enum Outcome {
        /** Unchanged, and a checkpoint from elsewhere says so. */
        ANCHORED,
        /** Nothing contradicts, but all that could do so lies beside the log, and can be changed with it. */
        UNANCHORED,
        /** Something was changed, or is missing. */
        DAMAGED
    }

    public Verification {
        anchors = List.copyOf(anchors);
        findings = List.copyOf(findings);
        notes = List.copyOf(notes);
    }

    public Outcome outcome() {
        if (found > 0) {
            return Outcome.DAMAGED;
        }
        return anchors.isEmpty() ? Outcome.UNANCHORED : Outcome.ANCHORED;
    }

    /** Where the first record is that is not what it was: the first range that has one for certain. */
    public Optional<Finding> firstBad() {
        return findings.stream()
                .filter(Finding::namesRecords)
                .min(Comparator.comparingLong(Finding::to).thenComparing(Finding::from, Comparator.reverseOrder()));
    }

    /** For people: each finding, each anchor, what was looked at. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        firstBad()
                .ifPresent(finding -> text.append("first bad: ").append(finding).append('\n'));
        findings.forEach(finding -> text.append(finding).append('\n'));
        if (found > findings.size()) {
            text.append(found - findings.size()).append(" more findings\n");
        }
        notes.forEach(note -> text.append(note).append('\n'));
        text.append(size).append(" records, ").append(covered).append(" of them under a checkpoint, ");
        text.append(checkpoints).append(" checkpoints agree\n");
        int more = Math.max(0, anchors.size() - MOST_SHOWN);
        if (more > 0) {
            text.append("anchored to ")
                    .append(more)
                    .append(" more checkpoints from elsewhere, at sizes up to those below\n");
        }
        anchors.subList(more, anchors.size())
                .forEach(anchor -> text.append(anchor).append('\n'));
        long anchored = anchors.stream().mapToLong(Anchor::size).max().orElse(size);
        if (anchored < size) {
            text.append("of the last " + (size - anchored) + " records, from " + anchored
                    + " on, no checkpoint from elsewhere says anything\n");
        }
        return text.append(outcome()).append('\n').toString();
    }
}
