package io.entrepot.storage.disk;

import static io.entrepot.storage.disk.Content.HELLO;
import static io.entrepot.storage.disk.Content.HELLO_DIGEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store as its users open it, with the threads that look after it. */
class UpkeepTest {

    @TempDir
    Path root;

    private DiskStore open() throws IOException {
        DiskStore.Options options = new DiskStore.Options(1 << 20, 0, Duration.ofDays(7), 1 << 20);
        return DiskStore.open(root, options, incident -> {});
    }

    @Test
    void findsByItselfWhatTheIndexDoesNotKnow() throws Exception {
        try (DiskStore store = open()) {
            Content.put(store.blobs(), HELLO);
        }
        Files.delete(root.resolve("index"));
        try (DiskStore store = open()) {
            store.swept().get(1, TimeUnit.MINUTES);

            assertThat(store.blobs().list()).extracting(held -> held.digest()).containsExactly(HELLO_DIGEST);
        }
    }

    @Test
    void finishesWorkBeforeItCloses() throws Exception {
        CompletableFuture<Boolean> held = new CompletableFuture<>();
        try (DiskStore store = open()) {
            store.executor().execute(() -> held.complete(isHeldAfterPut(store)));
        }

        assertThat(held).isCompletedWithValue(true);
    }

    private static boolean isHeldAfterPut(DiskStore store) {
        try {
            Content.put(store.blobs(), HELLO);
            return store.blobs().size(HELLO_DIGEST).isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void refusesWorkAfterItWasClosed() throws IOException {
        DiskStore store = open();
        store.close();

        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> store.executor().execute(() -> {}));
    }

    @Test
    void leavesNoThreadBehind() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        DiskStore store = open();
        List<Thread> its = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().contains("store-") && !before.contains(thread))
                .toList();
        assertThat(its).isNotEmpty();

        store.close();

        for (Thread thread : its) {
            thread.join(TimeUnit.MINUTES.toMillis(1));
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
    }
}
