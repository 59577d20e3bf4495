package io.entrepot.storage.disk;

import static io.entrepot.storage.disk.Content.HELLO;
import static io.entrepot.storage.disk.Content.HELLO_DIGEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Digest.Algorithm;
import io.entrepot.storage.BlobStore;
import io.entrepot.storage.BlobStore.Held;
import io.entrepot.storage.BlobWriter;
import io.entrepot.storage.Incident;
import io.entrepot.storage.Lease;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobStoreTest {

    @TempDir
    Path root;

    private TestStore test;
    private DiskStore store;
    private BlobStore blobs;

    @BeforeEach
    void open() throws IOException {
        test = new TestStore(root);
        store = test.open();
        blobs = store.blobs();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void reopen() throws IOException {
        store.close();
        store = test.open();
        blobs = store.blobs();
    }

    private Path file(Digest digest) {
        return new Layout(root).blob(digest);
    }

    @Test
    void givesBackWhatWasCommitted() throws IOException {
        Content.put(blobs, HELLO);

        assertThat(Content.get(blobs, HELLO_DIGEST)).contains(HELLO);
    }

    @Test
    void holdsSha512Too() throws IOException {
        Digest digest = Content.put(blobs, Digest.of(Algorithm.SHA512, HELLO), HELLO);

        assertThat(Content.get(blobs, digest)).contains(HELLO);
        assertThat(blobs.list().map(Held::digest)).containsExactly(digest);
    }

    @Test
    void holdsABlobWithoutBytes() throws IOException {
        Digest empty = Content.put(blobs, new byte[0]);

        assertThat(Content.get(blobs, empty)).contains(new byte[0]);
    }

    @Test
    void missesWhatItNeverHeld() throws IOException {
        assertThat(blobs.open(HELLO_DIGEST)).isEmpty();
        assertThat(blobs.size(HELLO_DIGEST)).isEmpty();
    }

    @Test
    void forgetsWhatWasNotCommitted() throws IOException {
        try (BlobWriter writer = blobs.create(HELLO_DIGEST, HELLO.length)) {
            writer.append(ByteBuffer.wrap(HELLO));
        }

        assertThat(blobs.open(HELLO_DIGEST)).isEmpty();
        assertThat(root.resolve("tmp")).isEmptyDirectory();
        assertThat(blobs.usage().reserved()).isZero();
    }

    @Test
    void refusesToCommitWrongBytes() throws IOException {
        try (BlobWriter writer = blobs.create(HELLO_DIGEST, 3)) {
            writer.append(ByteBuffer.wrap(Content.utf8("bad")));

            assertThat(writer.verify()).isFalse();
            assertThatIllegalStateException().isThrownBy(writer::commit);
        }
        assertThat(blobs.open(HELLO_DIGEST)).isEmpty();
    }

    @Test
    void isNotVerifiedBeforeEveryByteIsThere() throws IOException {
        try (BlobWriter writer = blobs.create(HELLO_DIGEST, HELLO.length)) {
            writer.append(ByteBuffer.wrap(HELLO, 0, 5));
            assertThat(writer.verify()).isFalse();

            writer.append(ByteBuffer.wrap(HELLO, 5, HELLO.length - 5));
            assertThat(writer.verify()).isTrue();
        }
    }

    @Test
    void refusesMoreBytesThanWereReserved() throws IOException {
        try (BlobWriter writer = blobs.create(HELLO_DIGEST, 3)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> writer.append(ByteBuffer.wrap(HELLO)))
                    .withMessageContaining("(expected: 0 to 3)");
        }
    }

    @Test
    void takesRangesInAnyOrder() throws IOException {
        byte[] bytes = Content.random(1, 500_000);
        try (BlobWriter writer = blobs.create(Digest.of(bytes), bytes.length)) {
            writer.write(300_000, ByteBuffer.wrap(bytes, 300_000, 100_000));
            writer.write(100_000, ByteBuffer.wrap(bytes, 100_000, 100_000));
            assertThat(writer.prefix()).isZero();
            assertThat(writer.available(350_000)).isEqualTo(50_000);

            writer.write(0, ByteBuffer.wrap(bytes, 0, 150_000));
            assertThat(writer.prefix()).isEqualTo(200_000);

            writer.write(150_000, ByteBuffer.wrap(bytes, 150_000, 350_000));
            assertThat(writer.verify()).isTrue();
            writer.commit();
        }
        assertThat(Content.get(blobs, Digest.of(bytes))).contains(bytes);
    }

    @Test
    void hashesADirectBufferLikeAnyOther() throws IOException {
        byte[] bytes = Content.random(2, 400_000);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        try (BlobWriter writer = blobs.create(Digest.of(bytes), bytes.length)) {
            writer.append(direct);

            assertThat(direct.hasRemaining()).isFalse();
            assertThat(writer.verify()).isTrue();
        }
    }

    @Test
    void keepsTheFirstBytesOfARange() throws IOException {
        try (BlobWriter writer = blobs.create(HELLO_DIGEST, HELLO.length)) {
            writer.append(ByteBuffer.wrap(HELLO, 0, 5));
            writer.write(0, ByteBuffer.wrap(Content.utf8("wrong")));
            writer.append(ByteBuffer.wrap(HELLO, 5, HELLO.length - 5));

            assertThat(writer.verify()).isTrue();
        }
    }

    @Test
    void comparesOnlyWhatIsThere() throws IOException {
        try (BlobWriter writer = blobs.create(HELLO_DIGEST, HELLO.length)) {
            writer.append(ByteBuffer.wrap(HELLO, 0, 5));

            assertThat(writer.agrees(0, ByteBuffer.wrap(Content.utf8("hello?"))))
                    .isTrue();
            assertThat(writer.agrees(3, ByteBuffer.wrap(Content.utf8("lO")))).isFalse();
            assertThat(writer.agrees(7, ByteBuffer.wrap(Content.utf8("zz")))).isTrue();
        }
    }

    @Test
    void letsOthersReadWhatIsWrittenBeforeAndAfterTheCommit() throws IOException {
        try (BlobWriter writer = blobs.create(HELLO_DIGEST, HELLO.length)) {
            writer.append(ByteBuffer.wrap(HELLO));
            ByteBuffer before = ByteBuffer.allocate(5);
            writer.channel().read(before, 0);
            writer.verify();
            writer.commit();
            ByteBuffer after = ByteBuffer.allocate(5);
            writer.channel().read(after, 0);

            assertThat(after.array()).isEqualTo(before.array()).isEqualTo(Content.utf8("hello"));
        }
    }

    @Test
    void keepsABlobThatAnotherWriterCommittedFirst() throws IOException {
        try (BlobWriter slow = blobs.create(HELLO_DIGEST, HELLO.length)) {
            slow.append(ByteBuffer.wrap(HELLO));
            Content.put(blobs, HELLO);
            Object inode = Files.getAttribute(file(HELLO_DIGEST), "unix:ino");
            slow.verify();
            slow.commit();

            assertThat(Files.getAttribute(file(HELLO_DIGEST), "unix:ino")).isEqualTo(inode);
        }
        assertThat(Content.get(blobs, HELLO_DIGEST)).contains(HELLO);
        assertThat(root.resolve("tmp")).isEmptyDirectory();
    }

    @Test
    void keepsABlobWhenAnotherWriterOfItGivesUp() throws IOException {
        BlobWriter failing = blobs.create(HELLO_DIGEST, HELLO.length);
        failing.append(ByteBuffer.wrap(HELLO, 0, 3));
        Content.put(blobs, HELLO);
        failing.close();

        assertThat(Content.get(blobs, HELLO_DIGEST)).contains(HELLO);
    }

    @Test
    void trustsWhatItCommitted() throws IOException {
        Content.put(blobs, HELLO);

        assertThat(isTrusted(HELLO_DIGEST)).isTrue();
    }

    @Test
    void trustsWhatItCommittedAfterARestart() throws IOException {
        Content.put(blobs, HELLO);
        reopen();

        assertThat(isTrusted(HELLO_DIGEST)).isTrue();
    }

    @Test
    void doesNotTrustAFileThatWasTouched() throws IOException {
        Content.put(blobs, HELLO);
        Files.setLastModifiedTime(file(HELLO_DIGEST), FileTime.fromMillis(0));

        assertThat(isTrusted(HELLO_DIGEST)).isFalse();
    }

    @Test
    void trustsAgainWhatWasVerifiedAgain() throws IOException {
        Content.put(blobs, HELLO);
        Files.setLastModifiedTime(file(HELLO_DIGEST), FileTime.fromMillis(0));
        try (Lease lease = blobs.open(HELLO_DIGEST).orElseThrow()) {
            blobs.verified(lease);
            assertThat(lease.trusted()).isTrue();
        }

        assertThat(isTrusted(HELLO_DIGEST)).isTrue();
    }

    @Test
    void doesNotTrustAFileThatChangedWhileItWasHashed() throws IOException {
        Content.put(blobs, HELLO);
        try (Lease lease = blobs.open(HELLO_DIGEST).orElseThrow()) {
            Files.setLastModifiedTime(file(HELLO_DIGEST), FileTime.fromMillis(0));
            blobs.verified(lease);
        }

        assertThat(isTrusted(HELLO_DIGEST)).isFalse();
    }

    @Test
    void doesNotTrustAFileThatChangedWhileItWasCommitted() throws IOException {
        store.close();
        test.fs = new WrappedFs(test.fs) {
            @Override
            public void move(Path from, Path to) throws IOException {
                super.move(from, to);
                if (to.equals(file(HELLO_DIGEST))) {
                    Files.write(to, new byte[HELLO.length]);
                }
            }
        };
        reopen();
        Content.put(blobs, HELLO);

        assertThat(isTrusted(HELLO_DIGEST)).isFalse();
    }

    @Test
    void doesNotTrustAFileThatChangesRightAfterItHasItsName() throws IOException {
        store.close();
        test.fs = new WrappedFs(test.fs) {
            @Override
            public void forceDirectory(Path directory) throws IOException {
                if (Files.exists(file(HELLO_DIGEST))) {
                    Files.write(file(HELLO_DIGEST), new byte[HELLO.length]);
                }
                super.forceDirectory(directory);
            }
        };
        reopen();
        Content.put(blobs, HELLO);

        assertThat(isTrusted(HELLO_DIGEST)).isFalse();
    }

    private boolean isTrusted(Digest digest) throws IOException {
        try (Lease lease = blobs.open(digest).orElseThrow()) {
            return lease.trusted();
        }
    }

    @Test
    void missesABlobWhoseFileIsGone() throws IOException {
        Content.put(blobs, HELLO);
        Files.delete(file(HELLO_DIGEST));

        assertThat(blobs.open(HELLO_DIGEST)).isEmpty();
        assertThat(blobs.usage().blobs()).isZero();
    }

    @Test
    void setsAsideAFileOfAnotherSize() throws IOException {
        Content.put(blobs, HELLO);
        Files.write(file(HELLO_DIGEST), Content.utf8("short"));

        assertThat(blobs.open(HELLO_DIGEST)).isEmpty();
        assertThat(test.incidents).containsExactly(new Incident.Damaged(HELLO_DIGEST, "size: 5 (expected: 16)"));
        assertThat(setAside()).hasSize(1);
    }

    @Test
    void setsAsideWhatItIsTold() throws IOException {
        Content.put(blobs, HELLO);
        blobs.setAside(HELLO_DIGEST, "hashes to something else");

        assertThat(blobs.open(HELLO_DIGEST)).isEmpty();
        assertThat(test.incidents).containsExactly(new Incident.Damaged(HELLO_DIGEST, "hashes to something else"));
        assertThat(setAside()).hasSize(1);
    }

    private Path[] setAside() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("set-aside"))) {
            return files.toArray(Path[]::new);
        }
    }

    @Test
    void replacesAHeldBlobThatIsNotTrustedByOneThatWasJustVerified() throws IOException {
        Content.put(blobs, HELLO);
        Files.write(file(HELLO_DIGEST), Content.utf8("HELLO, entrepot\n"));
        Content.put(blobs, HELLO);

        assertThat(Content.get(blobs, HELLO_DIGEST)).contains(HELLO);
        assertThat(isTrusted(HELLO_DIGEST)).isTrue();
    }

    @Test
    void readersFinishWhatIsRemoved() throws IOException {
        Content.put(blobs, HELLO);
        try (Lease lease = blobs.open(HELLO_DIGEST).orElseThrow()) {
            assertThat(blobs.remove(HELLO_DIGEST)).isTrue();

            assertThat(Content.read(lease)).isEqualTo(HELLO);
            assertThat(blobs.open(HELLO_DIGEST)).isEmpty();
            assertThat(blobs.remove(HELLO_DIGEST)).isFalse();
        }
    }

    @Test
    void sharesOneOpenFileBetweenLeases() throws IOException {
        Content.put(blobs, HELLO);
        Lease one = blobs.open(HELLO_DIGEST).orElseThrow();
        try (Lease other = blobs.open(HELLO_DIGEST).orElseThrow()) {
            assertThat(one.channel()).isSameAs(other.channel());
            one.close();
            one.close();

            assertThat(Content.read(other)).isEqualTo(HELLO);
        }
    }

    @Test
    void findsABlobThatTheIndexDoesNotKnowAndDoesNotTrustIt() throws IOException {
        Content.put(blobs, HELLO);
        store.close();
        Files.delete(root.resolve("index"));
        store = test.open();
        blobs = store.blobs();

        assertThat(blobs.size(HELLO_DIGEST)).hasValue(HELLO.length);
        assertThat(isTrusted(HELLO_DIGEST)).isFalse();
    }

    @Test
    void knowsWhenABlobWasUsedAndVerified() throws IOException {
        Content.put(blobs, HELLO);
        long written = test.now.getEpochSecond();
        test.now = test.now.plusSeconds(100);
        blobs.open(HELLO_DIGEST).orElseThrow().close();
        reopen();

        assertThat(blobs.list()).containsExactly(new Held(HELLO_DIGEST, HELLO.length, written + 100, written));
    }

    @Test
    void keepsItsFilesToItsOwner() throws IOException {
        Content.put(blobs, HELLO);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(HELLO_DIGEST))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(file(HELLO_DIGEST).getParent())))
                .isEqualTo("rwx------");
    }

    @Test
    void neverFollowsALinkThatWasPutInTheStore(@TempDir Path elsewhere) throws IOException {
        Path secret = Files.write(elsewhere.resolve("secret"), HELLO);
        Files.createDirectories(file(HELLO_DIGEST).getParent());
        Files.createSymbolicLink(file(HELLO_DIGEST), secret);

        assertThat(blobs.open(HELLO_DIGEST)).isEmpty();
        assertThat(secret).hasBinaryContent(HELLO);
        assertThat(test.incidents).containsExactly(new Incident.Damaged(HELLO_DIGEST, "is OTHER (expected: FILE)"));
    }
}
