package io.entrepot.server.audit.tlog;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.audit.tlog.Finding.Kind;
import io.entrepot.server.audit.tlog.Verification.Outcome;
import io.entrepot.server.audit.tlog.VerifyRequest.Brought;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Changes a log in every way, also as somebody would who has its key, and verifies it each time against a checkpoint that was
 * kept elsewhere: every change is found, and the record that is named is the right one.
 *
 * <p>{@code -Dtlog.mutations=N} says how many; the long test makes a million.
 */
class MutationTest {

    private static final int RECORDS = 600;
    private static final int STEP = 75;

    @TempDir
    Path root;

    private List<byte[]> records = new ArrayList<>();
    private List<VerifierKey> keys = List.of();
    private byte[] newest = new byte[0];
    private List<byte[]> older = new ArrayList<>();
    private SigningKeys signing;

    /** What a mutation leaves behind, and where the first record is that is not what it was; negative: no record is. */
    private record Mutant(List<byte[]> records, long first) {}

    @Test
    void findsEveryChangeOfASmallLog() throws Exception {
        mutate(Integer.getInteger("tlog.mutations", 2_000));
    }

    @Test
    @Tag("long")
    void findsEveryOneOfAMillionChanges() throws Exception {
        mutate(Integer.getInteger("tlog.mutations", 1_000_000));
    }

    private void mutate(int count) throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            for (int size = 0; size < RECORDS; size += STEP) {
                older.add(log.grow(Math.min(STEP, RECORDS - size)).bytes());
            }
            newest = older.remove(older.size() - 1);
            keys = VerifierTest.keys(log);
            signing = log.keys;
            log.source.read(0, RECORDS, (index, record) -> records.add(record));
        }
        SealerTest.copy(root.resolve("audit/sealed"), root.resolve("whole"));
        assertThat(verify(records).outcome()).isEqualTo(Outcome.ANCHORED);
        long seed = Long.getLong("tlog.seed", 20261127);
        for (int i = 0; i < count; i++) {
            one(new Random(seed + i), seed + i);
        }
    }

    private void one(Random random, long seed) throws Exception {
        int kind = random.nextInt(12);
        Mutant mutant = change(kind, random);
        Verification verification = verify(mutant.records);
        String what = "mutation " + kind + " of seed " + seed + ": " + verification;
        assertThat(verification.outcome()).as(what).isEqualTo(Outcome.DAMAGED);
        if (mutant.first >= 0) {
            Optional<Finding> bad = verification.firstBad();
            assertThat(bad).as(what).isPresent();
            assertThat(mutant.first)
                    .as(what)
                    .isBetween(bad.get().from(), bad.get().to() - 1);
        }
        if (kind >= 7) {
            SealerTest.copy(root.resolve("whole"), root.resolve("audit/sealed"));
        }
    }

    private Mutant change(int kind, Random random) throws IOException {
        int at = random.nextInt(RECORDS);
        List<byte[]> changed = new ArrayList<>(records);
        switch (kind) {
            case 0 -> changed.set(at, flipped(records.get(at), random));
            case 1 -> changed.remove(at);
            case 2 -> {
                int other = (at + 1 + random.nextInt(RECORDS - 1)) % RECORDS;
                changed.set(at, records.get(other));
                changed.set(other, records.get(at));
                return new Mutant(changed, Math.min(at, other));
            }
            case 3 -> changed.add(at, records.get((at + 1 + random.nextInt(RECORDS - 1)) % RECORDS));
            case 4 -> changed.subList(at, RECORDS).clear();
            case 5 -> insertRenumbered(changed, at);
            case 6 -> removeRenumbered(changed, at);
            case 7 -> {
                Files.write(file("checkpoint"), older.get(random.nextInt(older.size())));
                return new Mutant(records, -1);
            }
            case 8 -> {
                changed.set(at, flippedBehindTheHead(records.get(at), random));
                signAgain(changed, signing);
                return new Mutant(changed, at);
            }
            case 9 -> {
                signAgain(records, otherKeys(random));
                return new Mutant(records, -1);
            }
            case 10 -> {
                Files.write(file("checkpoint"), flipped(Files.readAllBytes(file("checkpoint")), random));
                return new Mutant(records, -1);
            }
            default -> {
                flipInHistory(random);
                return new Mutant(records, -1);
            }
        }
        return new Mutant(changed, at);
    }

    private Path file(String name) {
        return root.resolve("audit/sealed").resolve(name);
    }

    private void insertRenumbered(List<byte[]> changed, int at) {
        changed.add(at, "{\"seq\":0,\"type\":\"start\"}".getBytes(StandardCharsets.UTF_8));
        renumber(changed, at);
    }

    private void removeRenumbered(List<byte[]> changed, int at) {
        changed.remove(at);
        renumber(changed, at);
    }

    private static void renumber(List<byte[]> changed, int from) {
        for (int i = from; i < changed.size(); i++) {
            String record = new String(changed.get(i), StandardCharsets.UTF_8);
            String rest = record.substring(record.indexOf(','));
            changed.set(i, ("{\"seq\":" + i + rest).getBytes(StandardCharsets.UTF_8));
        }
    }

    /** As somebody who has a key: every checkpoint is made again over other records, and the list of keys with it. */
    private void signAgain(List<byte[]> changed, SigningKeys by) throws IOException {
        Tree tree = new Tree();
        Files.delete(file("checkpoints"));
        try (History history = History.open(root.resolve("audit/sealed"))) {
            for (byte[] record : changed) {
                tree.append(Hash.leaf(record));
                if (tree.size() % STEP == 0 || tree.size() == RECORDS) {
                    Checkpoint head = Checkpoint.of(LogUnderTest.ORIGIN, tree.size(), tree.root());
                    Note note = by.sign(head.text(), Instant.now());
                    history.append(Instant.now(), note);
                    Files.write(file("checkpoint"), note.bytes());
                }
            }
        }
        Files.deleteIfExists(file("keys"));
        KeyList.keep(root.resolve("audit/sealed"), by.periods());
    }

    private SigningKeys otherKeys(Random random) throws IOException {
        Path key = root.resolve("other/" + random.nextInt(4) + ".key");
        return SigningKeys.open(
                key, root.resolve("audit"), root.resolve("other/sealed"), LogUnderTest.ORIGIN, Instant.now());
    }

    /** The times that stand beside checkpoints are under no signature; all else is. */
    private void flipInHistory(Random random) throws IOException {
        byte[] all = Files.readAllBytes(file("checkpoints"));
        String text = new String(all, StandardCharsets.ISO_8859_1);
        int at = random.nextInt(all.length);
        while (text.startsWith("== ", text.lastIndexOf('\n', at - 1) + 1)) {
            at = random.nextInt(all.length);
        }
        all[at] ^= (byte) (1 << random.nextInt(8));
        Files.write(file("checkpoints"), all);
    }

    private static byte[] flipped(byte[] bytes, Random random) {
        byte[] flipped = bytes.clone();
        flipped[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        return flipped;
    }

    private static byte[] flippedBehindTheHead(byte[] bytes, Random random) {
        byte[] flipped = bytes.clone();
        flipped[20 + random.nextInt(bytes.length - 20)] ^= (byte) (1 << random.nextInt(8));
        return flipped;
    }

    private Verification verify(List<byte[]> mutant) throws IOException {
        MemorySource source = new MemorySource();
        source.add(index -> mutant.get((int) index), mutant.size());
        return Verifier.verify(new VerifyRequest(
                root.resolve("audit/sealed"),
                source,
                LogUnderTest.ORIGIN,
                keys,
                List.of(new Brought("kept", newest)),
                List.of()));
    }

    /** Every file of a sealed volume, at places all over it. */
    @Test
    void findsEveryChangeOfASealedVolume() throws Exception {
        sealed(Integer.getInteger("tlog.volumeMutations", 24));
    }

    @Test
    @Tag("long")
    void findsEveryOneOfThousandsOfChangesOfASealedVolume() throws Exception {
        sealed(Integer.getInteger("tlog.volumeMutations", 3_000));
    }

    private void sealed(int count) throws Exception {
        try (LogUnderTest log = new LogUnderTest(root).start()) {
            log.source.add(
                    index -> ("{\"seq\":" + index + ",\"n\":" + index * 7 + "}").getBytes(StandardCharsets.UTF_8),
                    Volume.RECORDS + 40);
            newest = log.sign().bytes();
            keys = VerifierTest.keys(log);
            log.stop();
            Random random = new Random(Long.getLong("tlog.seed", 20261127));
            List<Path> files = List.of(log.store.entries(0), log.store.hashes(0), file("tree/1"), file("tree/2"));
            for (int i = 0; i < count; i++) {
                Path file = files.get(i % files.size());
                byte[] whole = Files.readAllBytes(file);
                int at = random.nextInt(whole.length);
                byte[] changed = i % 8 < 6 ? whole.clone() : Arrays.copyOf(whole, at);
                if (i % 8 < 6) {
                    changed[at] ^= (byte) (1 << random.nextInt(8));
                }
                Files.write(file, changed);
                Verification verification = VerifierTest.verify(log, keys, new Brought("kept", newest));
                assertThat(verification.outcome()).as(file + " at " + at).isEqualTo(Outcome.DAMAGED);
                if (file.equals(log.store.hashes(0)) && i % 8 < 6) {
                    assertThat(verification.firstBad().orElseThrow().from()).isEqualTo(at / Hash.BYTES);
                    assertThat(verification.findings())
                            .extracting(Finding::kind)
                            .containsOnly(Kind.HASHES);
                }
                Files.write(file, whole);
            }
        }
    }
}
