package io.entrepot.server.audit.tlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The tree is that of RFC 6962, its proofs verify, and nothing that was changed does. */
class TreePropertyTest {

    @Property(tries = 150)
    void hasTheRootsAndProofsOfThePlainDefinition(@ForAll @IntRange(min = 1, max = 700) int size, @ForAll long seed)
            throws IOException {
        List<byte[]> records = records(size, seed);
        Tree tree = tree(records);
        Random random = new Random(seed);
        int part = random.nextInt(size + 1);
        int index = random.nextInt(size);

        assertThat(tree.root()).isEqualTo(Plain.root(records));
        assertThat(tree.root(part)).isEqualTo(Plain.root(records.subList(0, part)));
        assertThat(tree.inclusion(index, size)).isEqualTo(Plain.inclusion(index, records));
        assertThat(tree.consistency(part, size)).isEqualTo(Plain.consistency(part, records));
    }

    @Property(tries = 300)
    void provesEveryRecord(@ForAll @IntRange(min = 1, max = 700) int size, @ForAll long seed) throws IOException {
        Random random = new Random(seed);
        List<byte[]> records = records(size, seed);
        Tree tree = tree(records);
        int index = random.nextInt(size);
        Hash leaf = Hash.leaf(records.get(index));
        List<Hash> path = tree.inclusion(index, size);

        assertThat(Proofs.includes(leaf, index, size, tree.root(), path)).isTrue();
        assertThat(Proofs.includes(flipped(leaf, random), index, size, tree.root(), path))
                .isFalse();
        assertThat(Proofs.includes(leaf, index, size, flipped(tree.root(), random), path))
                .isFalse();
        assertThat(Proofs.includes(leaf, (index + 1) % Math.max(2, size), size, tree.root(), path))
                .isFalse();
        for (List<Hash> wrong : changed(path, random)) {
            assertThat(Proofs.includes(leaf, index, size, tree.root(), wrong)).isFalse();
        }
    }

    @Property(tries = 300)
    void provesThatItOnlyGrew(@ForAll @IntRange(min = 1, max = 700) int size, @ForAll long seed) throws IOException {
        Random random = new Random(seed);
        Tree tree = tree(records(size, seed));
        int old = random.nextInt(size + 1);
        Hash oldRoot = tree.root(old);
        List<Hash> path = tree.consistency(old, size);

        assertThat(Proofs.extendsTo(old, oldRoot, size, tree.root(), path)).isTrue();
        assertThat(Proofs.extendsTo(old, flipped(oldRoot, random), size, tree.root(), path))
                .isFalse();
        if (old > 0) {
            assertThat(Proofs.extendsTo(old, oldRoot, size, flipped(tree.root(), random), path))
                    .isFalse();
        }
        for (List<Hash> wrong : changed(path, random)) {
            assertThat(Proofs.extendsTo(old, oldRoot, size, tree.root(), wrong)).isFalse();
        }
    }

    private static List<List<Hash>> changed(List<Hash> path, Random random) {
        List<List<Hash>> all = new ArrayList<>();
        List<Hash> longer = new ArrayList<>(path);
        longer.add(random.nextInt(path.size() + 1), Hash.leaf(new byte[] {1}));
        all.add(longer);
        for (int i = 0; i < path.size(); i++) {
            List<Hash> flipped = new ArrayList<>(path);
            flipped.set(i, flipped(path.get(i), random));
            all.add(flipped);
            List<Hash> shorter = new ArrayList<>(path);
            shorter.remove(i);
            all.add(shorter);
        }
        return all;
    }

    private static Hash flipped(Hash hash, Random random) {
        byte[] bytes = hash.bytes();
        bytes[random.nextInt(Hash.BYTES)] ^= (byte) (1 << random.nextInt(8));
        return Hash.at(bytes, 0);
    }

    private static Tree tree(List<byte[]> records) {
        Tree tree = new Tree();
        records.forEach(record -> tree.append(Hash.leaf(record)));
        return tree;
    }

    private static List<byte[]> records(int count, long seed) {
        Random random = new Random(seed);
        List<byte[]> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] record = new byte[Integer.BYTES + random.nextInt(20)];
            random.nextBytes(record);
            // No two alike: beside its twin a record is proven in the twin's place as well.
            ByteBuffer.wrap(record).putInt(i);
            records.add(record);
        }
        return records;
    }
}
