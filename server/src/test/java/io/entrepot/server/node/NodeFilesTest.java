package io.entrepot.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files on a node's disk. */
class NodeFilesTest {

    private static final String OURS = NodeFiles.MARK + "\n";
    private static final Map<String, String> FILES = Map.of(
            "_default/hosts.toml",
            OURS + "new",
            "_default/mirror-ca.crt",
            "CA",
            "reg.corp_5000_/hosts.toml",
            OURS + "new",
            "reg.corp_5000_/mirror-ca.crt",
            "CA");

    @TempDir
    private Path root;

    @Test
    void areWrittenWholeAndReadableForEverybody() throws IOException {
        new NodeFiles(root.resolve("certs.d")).write(FILES);

        Path file = root.resolve("certs.d/_default/hosts.toml");
        assertThat(file).hasContent(OURS + "new");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r--r--");
        assertThat(root.resolve("certs.d/reg.corp_5000_/mirror-ca.crt")).hasContent("CA");
    }

    @Test
    void leaveNothingElseBehind() throws IOException {
        new NodeFiles(root).write(FILES);
        new NodeFiles(root).write(FILES);

        try (Stream<Path> all = Files.walk(root)) {
            assertThat(all.filter(Files::isRegularFile)).hasSize(4);
        }
    }

    @Test
    void ofOthersAreNamedBeforeTheyAreWrittenOver() throws IOException {
        Path theirs = write("reg.corp_5000_/hosts.toml", "server = \"x\"");
        write("_default/hosts.toml", OURS + "old");

        assertThat(new NodeFiles(root).foreign(FILES)).containsExactly(theirs);
    }

    @Test
    void ofOthersBesideOursLeadAroundTheMirror() throws IOException {
        Path theirs = write("quay.io/hosts.toml", "server = \"x\"");
        Path empty = write("gcr.io/hosts.toml", "");

        assertThat(new NodeFiles(root).bypasses(FILES)).containsExactly(empty, theirs);
    }

    @Test
    void thatAreMissingInADirectoryLeadAroundTheMirrorToo() throws IOException {
        Path directory = write("quay.io/ca.crt", "CA").getParent();

        assertThat(new NodeFiles(root).bypasses(FILES)).containsExactly(directory);
    }

    @Test
    void underTheNameThatLosesLeadNowhere() throws IOException {
        write("reg.corp:5000/hosts.toml", "server = \"x\"");
        write("README", "of the distribution");

        assertThat(new NodeFiles(root).bypasses(FILES)).isEmpty();
    }

    @Test
    void ofOursThatNobodyAsksForNowSayWhatTheDefaultSays() throws IOException {
        Path once = write("quay.io/hosts.toml", OURS + "stays open");

        new NodeFiles(root).write(FILES);

        assertThat(once).hasContent(OURS + "new");
        assertThat(once.resolveSibling("mirror-ca.crt")).hasContent("CA");
        assertThat(new NodeFiles(root).bypasses(FILES)).isEmpty();
    }

    @Test
    void inADirectoryThatIsNotThereYetAreNobodys() throws IOException {
        NodeFiles none = new NodeFiles(root.resolve("none"));

        assertThat(none.foreign(FILES)).isEmpty();
        assertThat(none.bypasses(FILES)).isEmpty();
    }

    private Path write(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}
