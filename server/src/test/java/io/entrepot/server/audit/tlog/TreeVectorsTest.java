package io.entrepot.server.audit.tlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The eight leaves with which implementations of RFC 6962 compare themselves since the first, and what is known of them. */
class TreeVectorsTest {

    private static final List<String> LEAVES =
            List.of("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f");

    private static final List<String> ROOTS = List.of(
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

    private final Tree tree = new Tree();

    TreeVectorsTest() {
        LEAVES.forEach(leaf -> tree.append(Hash.leaf(HexFormat.of().parseHex(leaf))));
    }

    @Test
    void hasTheRootOfNothing() throws IOException {
        assertThat(hex(tree.root(0))).isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    @Test
    void hasTheRootOfEachSize() throws IOException {
        for (int size = 1; size <= ROOTS.size(); size++) {
            assertThat(hex(tree.root(size))).as("size %d", size).isEqualTo(ROOTS.get(size - 1));
        }
    }

    @Test
    void provesTheSixthOfEight() throws IOException {
        assertThat(tree.inclusion(5, 8).stream().map(TreeVectorsTest::hex))
                .containsExactly(
                        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7");
    }

    @Test
    void provesThatSixBecameEight() throws IOException {
        assertThat(tree.consistency(6, 8).stream().map(TreeVectorsTest::hex))
                .containsExactly(
                        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7");
    }

    @Test
    void refusesAProofOfAnotherShape() {
        Hash root = tree.root();
        Hash leaf = Hash.leaf(new byte[0]);
        assertThat(Proofs.includes(leaf, 0, 0, root, List.of())).isFalse();
        assertThat(Proofs.includes(leaf, 8, 8, root, List.of())).isFalse();
        assertThat(Proofs.includes(leaf, -1, 8, root, List.of())).isFalse();
        assertThat(Proofs.includes(
                        leaf, 0, 8, root, Stream.generate(() -> leaf).limit(64).toList()))
                .isFalse();
        assertThat(Proofs.extendsTo(8, root, 8, root, List.of())).isTrue();
        assertThat(Proofs.extendsTo(8, root, 8, root, List.of(leaf))).isFalse();
        assertThat(Proofs.extendsTo(0, Hash.EMPTY, 8, root, List.of())).isTrue();
        assertThat(Proofs.extendsTo(0, root, 8, root, List.of())).isFalse();
        assertThat(Proofs.extendsTo(9, root, 8, root, List.of())).isFalse();
    }

    private static String hex(Hash hash) {
        return HexFormat.of().formatHex(hash.bytes());
    }
}
