package io.entrepot.storage.disk;

import static io.entrepot.storage.disk.Content.HELLO;
import static io.entrepot.storage.disk.Content.HELLO_DIGEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.storage.BlobStore.Held;
import io.entrepot.storage.BlobWriter;
import io.entrepot.storage.StoreFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fails every file operation of a workload, each once and from then on, and looks what is left. */
class FailureTest {

    private static final Repository ALPINE = new Repository(Registry.DOCKER_HUB, "library/alpine");
    private static final Tag LATEST = new Tag("latest");
    private static final Instant T0 = Instant.parse("2026-03-01T10:00:00Z");
    private static final int ENOUGH = 1000;

    @TempDir(factory = InMemory.class)
    Path temp;

    /** What a store must hold, for it said so. */
    @FunctionalInterface
    private interface Promise {
        void holdsIn(DiskStore store) throws IOException;
    }

    private final List<Promise> promises = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        "false, Input/output error",
        "true, Input/output error",
        "false, No space left on device",
        "true, No space left on device"
    })
    void keepsItsWordWhicheverOperationFails(boolean persists, String error) throws IOException {
        int failing = 1;
        while (survives(new FaultyFs(WrappedFs.quick(), failing, persists, error), failing)) {
            failing++;
        }

        assertThat(failing).isBetween(40, ENOUGH);
    }

    /** False if nothing failed, so that there is nothing more to try. */
    private boolean survives(FaultyFs fs, int number) throws IOException {
        promises.clear();
        TestStore test = new TestStore(temp.resolve("store" + number));
        test.fs = fs;
        use(test, fs);
        test.fs = WrappedFs.quick();
        try (DiskStore store = test.open()) {
            assertThat(test.root.resolve("tmp")).isEmptyDirectory();
            check(store, number);
        }
        return fs.hasFailed() && number < ENOUGH;
    }

    private void use(TestStore test, FaultyFs fs) {
        try (DiskStore store = test.open()) {
            pull(store, HELLO, T0);
            pull(store, Content.utf8("second"), T0.plusSeconds(1));
            store.caretaker().save();
            pull(store, HELLO, T0.plusSeconds(2));
            fs.heal();
            mustPull(store);
            check(store, 0);
        } catch (IOException e) {
            fs.heal();
        }
    }

    private void pull(DiskStore store, byte[] bytes, Instant now) {
        attempt(() -> put(store, bytes));
        attempt(() -> link(store, bytes));
        attempt(() -> saw(store, bytes, now));
    }

    private static void attempt(Failures.Work work) {
        try {
            work.run();
        } catch (IOException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    private void mustPull(DiskStore store) {
        byte[] bytes = Content.utf8("after the fault");
        try {
            put(store, bytes);
            link(store, bytes);
            saw(store, bytes, T0.plusSeconds(10));
        } catch (IOException e) {
            throw new AssertionError("the store is not usable after the fault", e);
        }
    }

    private void put(DiskStore store, byte[] bytes) throws IOException {
        Digest digest = Content.put(store.blobs(), bytes);
        promises.add(later -> assertThat(Content.get(later.blobs(), digest)).contains(bytes));
    }

    private void link(DiskStore store, byte[] bytes) throws IOException {
        Descriptor manifest = Content.manifest(bytes);
        store.links().link(ALPINE, manifest, List.of());
        promises.add(later ->
                assertThat(later.links().find(ALPINE, manifest.digest())).contains(manifest));
    }

    private void saw(DiskStore store, byte[] bytes, Instant now) throws IOException {
        Descriptor manifest = Content.manifest(bytes);
        store.tags().saw(ALPINE, LATEST, manifest, now);
        promises.add(later -> assertThat(
                        later.tags().find(ALPINE, LATEST).orElseThrow().history())
                .anyMatch(seen -> seen.manifest().equals(manifest)));
    }

    private void check(DiskStore store, int number) throws IOException {
        store.caretaker().sweepNow();
        for (Held held : store.blobs().list().toList()) {
            byte[] bytes = Content.get(store.blobs(), held.digest()).orElseThrow();
            assertThat(held.digest().matches(bytes))
                    .as("%s after failure %d", held, number)
                    .isTrue();
        }
        for (Promise promise : promises) {
            promise.holdsIn(store);
        }
        assertThat(store.blobs().usage().reserved()).isZero();
    }

    @Test
    void whatWasWrittenBeforeTheDiskWasFullStaysReadable() throws IOException {
        TestStore test = new TestStore(temp.resolve("full"));
        test.fs = fullAfter(1 << 20);
        byte[] bytes = Content.random(1, 3 << 20);
        try (DiskStore store = test.open();
                BlobWriter writer = store.blobs().create(Digest.of(bytes), bytes.length)) {
            writer.append(ByteBuffer.wrap(bytes, 0, 700_000));

            assertThatExceptionOfType(StoreFullException.class)
                    .isThrownBy(() -> writer.append(ByteBuffer.wrap(bytes, 700_000, 700_000)))
                    .withMessage("disk is full: No space left on device");
            assertThat(writer.prefix()).isEqualTo(1 << 20);
            ByteBuffer read = ByteBuffer.allocate(1 << 20);
            writer.channel().read(read, 0);
            assertThat(read.flip()).isEqualTo(ByteBuffer.wrap(bytes, 0, 1 << 20));
        }
    }

    private static StorageFs fullAfter(long end) {
        return new WrappedFs(WrappedFs.quick()) {
            @Override
            public void write(FileChannel file, ByteBuffer bytes, long position) throws IOException {
                int room = (int) Math.max(0, Math.min(bytes.remaining(), end - position));
                super.write(file, bytes.slice(bytes.position(), room), position);
                boolean full = room < bytes.remaining();
                bytes.position(bytes.position() + room);
                if (full) {
                    throw new IOException("No space left on device");
                }
            }
        };
    }

    @Test
    void neverCommitsAFileThatWasOnceNotForced() throws IOException {
        TestStore test = new TestStore(temp.resolve("forced"));
        boolean[] fails = {false};
        test.fs = new WrappedFs(WrappedFs.quick()) {
            @Override
            public void force(FileChannel file, boolean metadata) throws IOException {
                if (fails[0]) {
                    throw new IOException("Input/output error");
                }
            }
        };
        try (DiskStore store = test.open();
                BlobWriter writer = store.blobs().create(HELLO_DIGEST, HELLO.length)) {
            writer.append(ByteBuffer.wrap(HELLO));
            writer.verify();
            fails[0] = true;
            assertThatExceptionOfType(IOException.class).isThrownBy(writer::commit);
            fails[0] = false;

            assertThatExceptionOfType(IOException.class).isThrownBy(writer::commit);
            assertThat(store.blobs().open(HELLO_DIGEST)).isEmpty();
        }
    }

    @Test
    void aJournalThatCouldNotBeForcedIsWrittenAnewBeforeAnythingIsAcknowledged() throws IOException {
        TestStore test = new TestStore(temp.resolve("journal"));
        FaultyForce fs = new FaultyForce();
        test.fs = fs;
        try (DiskStore store = test.open()) {
            saw(store, HELLO, T0);
            Path journal = new Layout(test.root).journal(ALPINE);
            Object before = Files.getAttribute(journal, "unix:ino");
            fs.fails = true;
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> saw(store, Content.utf8("next"), T0.plusSeconds(1)));
            fs.fails = false;
            saw(store, Content.utf8("next"), T0.plusSeconds(2));

            assertThat(Files.getAttribute(journal, "unix:ino")).isNotEqualTo(before);
        }
    }

    private static final class FaultyForce extends WrappedFs {

        private boolean fails;

        FaultyForce() {
            super(WrappedFs.quick());
        }

        @Override
        public void force(FileChannel file, boolean metadata) throws IOException {
            if (fails) {
                throw new IOException("Input/output error");
            }
        }
    }
}
