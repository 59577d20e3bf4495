package io.entrepot.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.storage.BlobStore.Held;
import io.entrepot.storage.TagFacts.Return;
import io.entrepot.storage.TagPin;
import io.entrepot.storage.TagRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cuts the power at every file operation of small workloads, in every way that the model allows. */
class CrashTest {

    private static final Repository ALPINE = new Repository(Registry.DOCKER_HUB, "library/alpine");
    private static final Repository APP = new Repository(Registry.parse("registry.corp:5000"), "team/app");
    private static final Tag LATEST = new Tag("latest");
    private static final Instant T0 = Instant.parse("2026-03-01T10:00:00Z");
    private static final byte[] LAYER = Content.random(1, 3000);
    private static final byte[] IMAGE = Content.utf8("{\"layers\":[1]}");
    private static final byte[] NEXT = Content.utf8("{\"layers\":[1,2]}");

    @TempDir(factory = InMemory.class)
    Path temp;

    private final List<Acknowledged> acknowledged = new ArrayList<>();
    private int firstProcess;

    /** From this many operations on, this holds. */
    private record Acknowledged(int operations, Promise promise) {}

    /** What the store owes after a crash. */
    @FunctionalInterface
    private interface Promise {
        void holdsIn(DiskStore store) throws IOException;
    }

    /** Something that uses a store. */
    @FunctionalInterface
    private interface Workload {
        void on(DiskStore store, RecordingFs fs) throws IOException;
    }

    @Test
    void losesNothingThatWasAcknowledgedAndShowsNothingWrong() throws IOException {
        RecordingFs fs = record(this::pullTwice);

        assertThat(check(fs.log())).isGreaterThan(500);
    }

    @Test
    void losesNothingWhenAJournalIsWrittenAnew() throws IOException {
        RecordingFs fs = record(this::revalidateForLong);

        assertThat(check(fs.log(), fs.log().size() - 30)).isGreaterThan(500);
    }

    @Test
    void losesNoDecisionAboutATag() throws IOException {
        RecordingFs fs = record(this::decide);

        assertThat(check(fs.log())).isGreaterThan(100);
    }

    @Test
    void losesNothingWhenAProcessDiedBeforeThePowerCut() throws IOException {
        RecordingFs fs = record(this::pullTwice, (store, recording) -> {
            firstProcess = recording.log().size();
            link(store, recording, APP, IMAGE, LAYER);
            saw(store, recording, ALPINE, NEXT, T0.plusSeconds(9));
        });

        assertThat(check(fs.log(), firstProcess)).isGreaterThan(500);
    }

    @Test
    void noticesAStoreThatDoesNotForceItsFiles() throws IOException {
        RecordingFs fs = record(this::pullTwice);

        assertThatThrownBy(() -> check(without(fs, op -> op instanceof FileOp.Force)))
                .isInstanceOfAny(AssertionError.class, IOException.class);
    }

    @Test
    void noticesAStoreThatDoesNotForceItsDirectories() throws IOException {
        RecordingFs fs = record(this::pullTwice);

        assertThatThrownBy(() -> check(without(fs, op -> op instanceof FileOp.ForceDirectory)))
                .isInstanceOfAny(AssertionError.class, IOException.class);
    }

    /** Sabotage: as if the store had not done these operations; the promises stand where they stood. */
    private List<FileOp> without(RecordingFs fs, Predicate<FileOp> left) {
        List<FileOp> log = new ArrayList<>(fs.log());
        log.replaceAll(op -> left.test(op) ? new FileOp.Delete(temp.resolve("nothing")) : op);
        return log;
    }

    private void pullTwice(DiskStore store, RecordingFs fs) throws IOException {
        put(store, fs, LAYER);
        put(store, fs, IMAGE);
        link(store, fs, ALPINE, IMAGE, LAYER);
        saw(store, fs, ALPINE, IMAGE, T0);
        store.caretaker().save();
        put(store, fs, NEXT);
        link(store, fs, ALPINE, NEXT, LAYER);
        saw(store, fs, ALPINE, NEXT, T0.plusSeconds(5));
        store.caretaker().save();
    }

    private void revalidateForLong(DiskStore store, RecordingFs fs) throws IOException {
        link(store, fs, ALPINE, IMAGE, LAYER);
        saw(store, fs, ALPINE, IMAGE, T0);
        for (int i = 0; i < 260; i++) {
            store.tags().saw(ALPINE, LATEST, Content.manifest(IMAGE), T0.plusSeconds(i));
            store.caretaker().save();
        }
        saw(store, fs, ALPINE, NEXT, T0.plusSeconds(300));
    }

    private void decide(DiskStore store, RecordingFs fs) throws IOException {
        Digest image = Content.manifest(IMAGE).digest();
        saw(store, fs, ALPINE, IMAGE, T0);
        store.tags().aged(ALPINE, LATEST, image, T0);
        saw(store, fs, ALPINE, NEXT, T0.plusSeconds(1));
        promise(fs, after -> assertThat(latest(after).since(image)).contains(T0));
        store.tags().pin(ALPINE, LATEST, new TagPin(image, "alice", T0, false));
        promise(
                fs,
                after -> assertThat(latest(after).facts().pin().map(TagPin::digest))
                        .contains(image));
        store.tags().pin(ALPINE, LATEST, new TagPin(image, "ops", T0, true));
        promise(fs, after -> assertThat(latest(after).facts().pin()).contains(new TagPin(image, "ops", T0, true)));
        saw(store, fs, ALPINE, IMAGE, T0.plusSeconds(2));
        store.tags().returned(ALPINE, LATEST, new Return(image, T0.plusSeconds(2)));
        promise(fs, after -> assertThat(latest(after).openReturn()).isEmpty());
    }

    private static TagRecord latest(DiskStore store) throws IOException {
        return store.tags().find(ALPINE, LATEST).orElseThrow();
    }

    private RecordingFs record(Workload... processes) throws IOException {
        RecordingFs fs = new RecordingFs(WrappedFs.quick());
        Path root = Files.createDirectory(temp.resolve("recorded"));
        for (Workload process : processes) {
            TestStore test = new TestStore(root);
            test.fs = fs;
            try (DiskStore store = test.open()) {
                process.on(store, fs);
            }
        }
        return fs;
    }

    private void put(DiskStore store, RecordingFs fs, byte[] bytes) throws IOException {
        Digest digest = Content.put(store.blobs(), bytes);
        promise(fs, after -> assertThat(Content.get(after.blobs(), digest)).contains(bytes));
    }

    private void link(DiskStore store, RecordingFs fs, Repository repository, byte[] manifest, byte[] child)
            throws IOException {
        Descriptor parent = Content.manifest(manifest);
        Descriptor layer = Content.layer(child);
        store.links().link(repository, parent, List.of(layer));
        promise(fs, after -> {
            assertThat(after.links().find(repository, parent.digest())).contains(parent);
            assertThat(after.links().find(repository, layer.digest())).contains(layer);
        });
    }

    private void saw(DiskStore store, RecordingFs fs, Repository repository, byte[] manifest, Instant now)
            throws IOException {
        store.tags().saw(repository, LATEST, Content.manifest(manifest), now);
        promise(
                fs,
                after -> assertThat(after.tags()
                                .find(repository, LATEST)
                                .orElseThrow()
                                .history())
                        .anyMatch(seen -> seen.manifest().equals(Content.manifest(manifest))));
    }

    private void promise(RecordingFs fs, Promise promise) {
        acknowledged.add(new Acknowledged(fs.log().size(), promise));
    }

    private int check(List<FileOp> log) throws IOException {
        return check(log, 0);
    }

    private int check(List<FileOp> log, int first) throws IOException {
        Path recorded = temp.resolve("recorded");
        CrashEnumerator crashes = new CrashEnumerator(recorded, log);
        crashes.forEachFrom(first, state -> {
            Path root = temp.resolve("crashed");
            state.materialise(recorded, root);
            check(root, state.acknowledged());
            delete(root);
        });
        return crashes.states();
    }

    private void check(Path root, int operations) throws IOException {
        TestStore test = new TestStore(root);
        try (DiskStore store = test.open()) {
            assertThat(root.resolve("tmp")).isEmptyDirectory();
            store.caretaker().sweepNow();
            for (Held held : store.blobs().list().toList()) {
                byte[] bytes = Content.get(store.blobs(), held.digest()).orElseThrow();
                assertThat(held.digest().matches(bytes)).as("%s", held).isTrue();
            }
            for (Acknowledged owed : acknowledged) {
                if (owed.operations() <= operations) {
                    owed.promise().holdsIn(store);
                }
            }
        }
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
