package io.entrepot.server.audit.tlog;

import io.entrepot.server.audit.tlog.Finding.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Derives a log again from its records and holds it against every checkpoint there is. Reads each file once, in order, and
 * never more than a volume of hashes and a bundle of records at a time; changes nothing.
 */
public final class Verifier {

    private final VerifyRequest request;
    private final Report report = new Report();
    private final SealedStore store;
    private final Claims claims;
    private final TwoTrees trees;
    private final PrunedRecords pruned = new PrunedRecords();
    private byte[] level1 = new byte[0];
    private byte[] level2 = new byte[0];
    private long agreed;
    private long anchored;
    private long covered;
    private long checkpoints;
    private long contradictions;
    private Optional<Checkpoint> own = Optional.empty();

    private Verifier(VerifyRequest request) throws IOException {
        this.request = request;
        this.store = SealedStore.read(request.sealed());
        this.claims = Claims.of(request, report);
        this.trees = new TwoTrees(report, this::compareRow);
    }

    /** Blocks for as long as it takes to read the log. @throws IOException if its directory cannot be read at all */
    public static Verification verify(VerifyRequest request) throws IOException {
        Verifier verifier = new Verifier(request);
        try (Claims claims = verifier.claims) {
            return verifier.run(claims);
        }
    }

    private Verification run(Claims all) throws IOException {
        if (request.keys().isEmpty()) {
            report.note("the log's keys are those that lie beside it: name them, to know that they are the log's");
        }
        settle();
        long volume = 0;
        while (volume < store.size() / Volume.RECORDS && isThere(volume)) {
            sealed(volume++);
        }
        if (trees.size() == store.size()) {
            unsealed();
        } else {
            report.find(
                    Kind.MISSING,
                    trees.size(),
                    store.size(),
                    "neither records nor hashes of volume " + volume + " are there: what is behind cannot be verified");
        }
        trees.conclude();
        truncated(all.take(Long.MAX_VALUE));
        all.conclude(covered, own);
        if (contradictions > 1) {
            report.note(contradictions + " checkpoints have another root; of those beside the log, the first is named");
        }
        pruned();
        return report.result(store.minimum(), trees.size(), covered, checkpoints);
    }

    /** Of one that was pruned the hashes are there. */
    private boolean isThere(long volume) {
        return Files.exists(store.hashes(volume)) || Files.exists(store.entries(volume));
    }

    private void pruned() {
        long minimum = store.minimum();
        long said = pruned.below(covered);
        if (minimum > said) {
            report.find(
                    Kind.MISSING,
                    said,
                    minimum,
                    "they are gone, and no record that a checkpoint covers says that they were pruned");
        }
        if (minimum > 0) {
            report.note("records 0 to " + (minimum - 1) + " are pruned: their hashes are verified, they are not");
        }
    }

    private void sealed(long volume) {
        long first = volume * Volume.RECORDS;
        level1 = row(1, volume, Tile.BYTES);
        level2 = row(2, volume, Hash.BYTES);
        Optional<byte[]> hashes = hashes(volume);
        if (first < store.minimum()) {
            for (int i = 0; i < Volume.BUNDLES; i++) {
                append(hashes, Optional.empty(), first, i);
            }
            return;
        }
        try (VolumeReader reader = store.volume(volume)) {
            for (int i = 0; i < Volume.BUNDLES; i++) {
                append(hashes, records(reader, first, i), first, i);
            }
            reader.check();
        } catch (IOException e) {
            entriesUnreadable(hashes, first, e);
        }
    }

    private void entriesUnreadable(Optional<byte[]> hashes, long first, IOException cause) {
        int next = (int) ((trees.size() - first) / Tile.WIDTH);
        boolean read = next == Volume.BUNDLES;
        report.find(Kind.ENTRIES, first, read ? first : first + Volume.RECORDS, String.valueOf(cause.getMessage()));
        for (int i = next; i < Volume.BUNDLES; i++) {
            append(hashes, Optional.empty(), first, i);
        }
    }

    private byte[] row(int level, long volume, int length) {
        try {
            return SealedStore.read(
                    request.sealed().resolve("tree").resolve(Integer.toString(level)), volume * length, length);
        } catch (IOException e) {
            report.find(Kind.TREE, "upper tiles of volume " + volume + ": " + e.getMessage());
            return new byte[0];
        }
    }

    private Optional<byte[]> hashes(long volume) {
        try {
            long size = Files.size(store.hashes(volume));
            if (size != (long) Volume.BUNDLES * Tile.BYTES) {
                report.find(
                        Kind.HASHES,
                        store.hashes(volume) + ": " + size + " bytes (expected: " + Volume.BUNDLES * Tile.BYTES + ")");
            }
            return Optional.of(SealedStore.read(store.hashes(volume), 0, Volume.BUNDLES * Tile.BYTES));
        } catch (IOException e) {
            report.find(Kind.HASHES, "hashes of volume " + volume + " cannot be read: " + e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<List<byte[]>> records(VolumeReader reader, long first, int bundle) {
        try {
            return Optional.of(reader.records(bundle));
        } catch (IOException e) {
            long from = first + (long) bundle * Tile.WIDTH;
            report.find(Kind.ENTRIES, from, from + Tile.WIDTH, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** Where neither hash nor record is there, the hash of nothing stands: no checkpoint will agree, and that is so. */
    private void append(Optional<byte[]> hashes, Optional<List<byte[]>> records, long first, int bundle) {
        for (int i = 0; i < Tile.WIDTH; i++) {
            int at = (bundle * Tile.WIDTH + i) * Hash.BYTES;
            @Nullable Hash sealed = hashes.isPresent() ? Hash.at(hashes.get(), at) : null;
            @Nullable Hash read = null;
            if (records.isPresent()) {
                byte[] record = records.get().get(i);
                read = Hash.leaf(record);
                look(record, first + (long) bundle * Tile.WIDTH + i);
            }
            Hash either = sealed != null ? sealed : read != null ? read : Hash.EMPTY;
            trees.append(either, read != null ? read : either);
            settle();
        }
    }

    private void look(byte[] record, long index) {
        pruned.read(index, record);
        if (!SequenceHead.says(record, index)) {
            report.find(
                    Kind.SEQUENCE,
                    index,
                    index + 1,
                    "it begins with " + SequenceHead.shown(record) + " (expected: {\"seq\":" + index + ",)");
        }
    }

    private void compareRow(int height, Hash root) {
        if (height == 0 || trees.size() >= store.size()) {
            return;
        }
        long index = trees.size() >>> height;
        byte[] row = height == Tile.HEIGHT ? level1 : height == 2 * Tile.HEIGHT ? level2 : new byte[0];
        int at = height == Tile.HEIGHT ? (int) (index % Volume.BUNDLES) * Hash.BYTES : 0;
        long first = index << height;
        if (row.length > 0
                && !trees.doubts(first)
                && !Arrays.equals(row, at, at + Hash.BYTES, root.bytes(), 0, Hash.BYTES)) {
            report.find(
                    Kind.TREE,
                    first,
                    first + (1L << height),
                    "their upper hash, level " + height / Tile.HEIGHT + ", does not follow from theirs");
        }
    }

    private void unsealed() {
        long first = request.unsealed().first();
        long size = Math.max(store.size(), request.unsealed().size());
        if (first > store.size() && size > store.size()) {
            report.find(Kind.MISSING, store.size(), first, "they are neither sealed nor in the journal");
            return;
        }
        try {
            unsealed(size);
            // while this log is read others may write it: what is signed by now is there by now
            for (long now = request.unsealed().size();
                    cover(now);
                    now = request.unsealed().size()) {
                unsealed(now);
            }
        } catch (IOException e) {
            report.find(Kind.MISSING, trees.size(), size, String.valueOf(e.getMessage()));
        }
    }

    /** Whether so many records cover the next checkpoint, and those that were read do not. */
    private boolean cover(long size) {
        return claims.nextSize() > trees.size() && claims.nextSize() <= size;
    }

    private void unsealed(long end) throws IOException {
        request.unsealed().read(trees.size(), end, (index, record) -> {
            look(record, index);
            Hash leaf = Hash.leaf(record);
            trees.append(leaf, leaf);
            settle();
        });
    }

    /** Holds what was read so far against the checkpoints of that size. */
    private void settle() {
        if (claims.nextSize() > trees.size()) {
            return;
        }
        for (Claim claim : claims.take(trees.size())) {
            remember(claim);
            if (claim.head().size() == trees.size()) {
                settle(claim);
            }
        }
    }

    private void remember(Claim claim) {
        if (claim.name().equals("checkpoint")) {
            own = Optional.of(claim.head());
        }
    }

    private void settle(Claim claim) {
        long size = claim.head().size();
        if (!trees.agrees(claim.head().root())) {
            contradicted(claim);
            return;
        }
        checkpoints++;
        agreed = size;
        if (claim.known()) {
            covered = size;
        }
        if (claim.brought()) {
            report.anchor(
                    claim.name(), size, claim.cosigned().stream().findFirst().flatMap(Note.Verified::time));
        }
        claim.cosigned().forEach(by -> report.anchor(by.key().name(), size, by.time()));
        if (claim.brought() || !claim.cosigned().isEmpty()) {
            anchored = size;
        }
    }

    /** What lies beside the log and agrees says nothing where a checkpoint from elsewhere does not. */
    private void contradicted(Claim claim) {
        long size = claim.head().size();
        boolean fork = claim.brought() || !claim.cosigned().isEmpty();
        long last = fork ? anchored : agreed;
        contradictions++;
        if (fork || contradictions == 1 || claim.time().isEmpty()) {
            String whence = fork ? "from elsewhere " : "";
            report.find(
                    fork ? Kind.FORK : Kind.CHECKPOINT,
                    last,
                    size,
                    claim.name() + " has another root for the first " + size + " records; the last checkpoint " + whence
                            + "that agrees is of " + last);
        }
    }

    private void truncated(List<Claim> left) {
        for (Claim claim : left) {
            remember(claim);
            long sound = claim.brought() ? anchored : agreed;
            if (claim.head().size() > trees.size()) {
                report.find(
                        Kind.TRUNCATED,
                        sound,
                        claim.head().size(),
                        claim.name() + " is of " + claim.head().size() + " records, the log has " + trees.size()
                                + "; the first " + sound + " are as they were");
            }
        }
    }
}
