package io.entrepot.server.audit.tlog;

import java.util.List;

/**
 * That the log of a checkpoint has all records of an older one as they were, for somebody who has the older one (what C2SP
 * tlog-witness sends to a witness):
 *
 * <pre>
 *   old 20852014
 *   the hashes of the consistency proof in base64, a line each
 *
 *   the checkpoint
 * </pre>
 */
public record GrowthProof(long old, List<Hash> path, SignedCheckpoint checkpoint) {

    public GrowthProof {
        path = List.copyOf(path);
    }

    /** Whether the checkpoint's log is this one, grown; who signed the two is another question. */
    public boolean proves(Checkpoint before) {
        Checkpoint head = checkpoint.head();
        return before.size() == old && Proofs.extendsTo(before.size(), before.root(), head.size(), head.root(), path);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("old " + old + "\n");
        path.forEach(hash -> text.append(hash).append('\n'));
        return text.append('\n').append(checkpoint.note()).toString();
    }
}
