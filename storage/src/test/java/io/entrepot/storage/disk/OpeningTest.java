package io.entrepot.storage.disk;

import static io.entrepot.storage.disk.Content.HELLO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.entrepot.storage.Incident;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpeningTest {

    @TempDir
    Path temp;

    private Path root;
    private TestStore test;

    @BeforeEach
    void name() throws IOException {
        root = temp.toRealPath().resolve("store");
        test = new TestStore(root);
    }

    private void open() throws IOException {
        test.open().close();
    }

    private static void refuses(ThrowingCallable opening, String message) {
        assertThatIOException().isThrownBy(opening).withMessage(message);
    }

    @Test
    void makesADirectoryThatIsMissing() throws IOException {
        test = new TestStore(root.resolve("deeper"));
        open();

        assertThat(root.resolve("deeper/format")).hasContent("entrepot-store 1\n");
    }

    @Test
    void takesAnEmptyVolume() throws IOException {
        Files.createDirectories(root.resolve("lost+found"));
        open();

        assertThat(root.resolve("format")).exists();
    }

    @Test
    void refusesADirectoryThatIsNotAStore() throws IOException {
        Files.createDirectories(root);
        Files.write(root.resolve("thesis.tex"), HELLO);

        refuses(
                this::open,
                "store " + root + " is not an Entrepot store: it has no file 'format' but has [thesis.tex]"
                        + " (expected: an empty directory, or one made by Entrepot)");
        assertThat(names()).containsExactly("thesis.tex");
    }

    private Stream<String> names() throws IOException {
        try (Stream<Path> files = Files.list(root)) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        }
    }

    @Test
    void refusesANewerFormatByName() throws IOException {
        open();
        Files.writeString(root.resolve("format"), "entrepot-store 2\n");

        refuses(
                this::open,
                "store " + root
                        + " has format 'entrepot-store 2', which is newer than this version of Entrepot can read"
                        + " (expected: at most 'entrepot-store 1')");
    }

    @Test
    void repairsADamagedFormatFileInAStoreOfOurs() throws IOException {
        open();
        Files.write(root.resolve("format"), new byte[] {0, 0, 0});
        open();

        assertThat(root.resolve("format")).hasContent("entrepot-store 1\n");
        assertThat(test.incidents)
                .containsExactly(
                        new Incident.Unreadable("format", "nothing: it was written again as entrepot-store 1"));
    }

    @Test
    void refusesADamagedFormatFileAmongOtherPeoplesFiles() throws IOException {
        Files.createDirectories(root);
        Files.writeString(root.resolve("format"), "A4 portrait");
        Files.write(root.resolve("thesis.tex"), HELLO);

        assertThatIOException().isThrownBy(this::open).withMessageContaining("is not an Entrepot store");
        assertThat(root.resolve("format")).hasContent("A4 portrait");
    }

    @Test
    void refusesToOpenAStoreTwiceInOneProcessAndKeepsTheLock() throws IOException {
        String pid = ProcessHandle.current().pid() + ", this one";
        try (DiskStore first = test.open()) {
            refuses(
                    this::open,
                    "store " + root + " is in use by process " + pid + " (expected: one process for each store)");
            assertThat(lockedForOthers()).isTrue();
            assertThat(first.blobs().usage().blobs()).isZero();
        }
        open();
    }

    /** Asked by another process: the lock of this one would not be seen from here. */
    private boolean lockedForOthers() throws IOException {
        Process asking = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        TryToOpen.class.getName(),
                        root.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(asking.getInputStream().readAllBytes());
        return said.contains("is in use by process " + ProcessHandle.current().pid() + " (");
    }

    /** Opens a store in a process of its own and says why it could not. */
    static final class TryToOpen {
        public static void main(String[] args) {
            try (DiskStore store = new TestStore(Path.of(args[0])).open()) {
                System.out.println("opened " + store);
            } catch (IOException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void refusesAPathUnderAFile() throws IOException {
        Files.write(root, HELLO);
        test = new TestStore(root.resolve("store"));

        // releases of Java differ in which of the two paths they name
        assertThatIOException()
                .isThrownBy(this::open)
                .withMessageStartingWith("store " + root + "/store cannot be made: " + root)
                .withMessageMatching("(?i).*: (is )?not a directory");
    }

    @Test
    void refusesAFile() throws IOException {
        Files.write(root, HELLO);

        refuses(this::open, "store " + root + " cannot be made: " + root + ": is not a directory");
    }

    @Test
    void refusesADirectoryThatCannotBeWritten() throws IOException {
        Files.createDirectories(root);
        test.fs = new WrappedFs(WrappedFs.quick()) {
            @Override
            public FileChannel create(Path file) throws IOException {
                throw new FileSystemException(file.toString(), null, "Read-only file system");
            }
        };

        refuses(
                this::open,
                "store " + root + " cannot be written: " + root + "/lock: Read-only file system"
                        + " (expected: a directory that user " + System.getProperty("user.name") + " can write)");
    }

    @Test
    void deletesWhatACrashLeftUnfinished() throws IOException {
        open();
        Files.write(root.resolve("tmp/abc-1"), HELLO);
        open();

        assertThat(root.resolve("tmp")).isEmptyDirectory();
        assertThat(test.incidents).isEmpty();
    }

    @Test
    void leavesStrangersAtTheTopAlone() throws IOException {
        open();
        Files.write(root.resolve("README"), HELLO);
        open();

        assertThat(root.resolve("README")).exists();
    }

    @Test
    void setsAsideWhatIsForeignAmongTheBlobs() throws IOException {
        open();
        Files.createDirectories(root.resolve("blobs/sha256/ab/directory"));
        Files.write(root.resolve("blobs/sha256/ab/file"), HELLO);
        Files.createDirectories(root.resolve("blobs/md5"));
        Files.createDirectories(root.resolve("repositories/docker.io/library"));
        Files.write(root.resolve("repositories/docker.io/library/notes"), HELLO);
        try (DiskStore store = test.open()) {
            store.caretaker().sweepNow();
        }

        assertThat(test.incidents)
                .extracting(incident -> ((Incident.Foreign) incident).path())
                .containsExactlyInAnyOrder(
                        "blobs/sha256/ab/directory",
                        "blobs/sha256/ab/file",
                        "blobs/md5",
                        "repositories/docker.io/library/notes");
        assertThat(root.resolve("set-aside")).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void keepsABoundedNumberOfFilesSetAside() throws IOException {
        open();
        Path shard = Files.createDirectories(root.resolve("blobs/sha256/ab"));
        for (int i = 0; i < SetAside.FILES + 20; i++) {
            Files.write(shard.resolve("foreign" + i), HELLO);
        }
        try (DiskStore store = test.open()) {
            store.caretaker().sweepNow();
        }

        try (Stream<Path> kept = Files.list(root.resolve("set-aside"))) {
            assertThat(kept).hasSize(SetAside.FILES);
        }
    }
}
