package io.entrepot.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.storage.Lease;
import io.entrepot.storage.StoreFullException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConcurrencyTest {

    private static final Repository ALPINE = new Repository(Registry.DOCKER_HUB, "library/alpine");
    private static final int BLOBS = 20;
    private static final int SIZE = 5000;

    @TempDir(factory = InMemory.class)
    Path root;

    private final ExecutorService threads = Executors.newFixedThreadPool(8);

    @AfterEach
    void stop() {
        threads.shutdown();
    }

    private void all(int number, Callable<?> work) throws Exception {
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            running.add(threads.submit(work));
        }
        for (Future<?> one : running) {
            one.get(1, TimeUnit.MINUTES);
        }
    }

    /** Room for half of the blobs: each read or fill may evict what another one wants. */
    @Test
    void readersOfAStoreThatEvictsSeeWholeBlobsOrNone() throws Exception {
        TestStore test = new TestStore(root);
        test.options = DiskStore.Options.of(BLOBS / 2 * SIZE);
        AtomicInteger seeds = new AtomicInteger();
        AtomicInteger hits = new AtomicInteger();
        try (DiskStore store = test.open()) {
            all(8, () -> {
                Random random = new Random(seeds.incrementAndGet());
                for (int i = 0; i < 400; i++) {
                    hits.addAndGet(readOrFill(store, Content.random(random.nextInt(BLOBS), SIZE)) ? 1 : 0);
                }
                return true;
            });

            assertThat(hits.get()).isPositive();
            assertThat(store.blobs().usage().evictions()).isPositive();
            assertThat(store.blobs().usage().bytes()).isLessThanOrEqualTo(BLOBS / 2 * SIZE);
            assertThat(store.blobs().usage().reserved()).isZero();
            assertThat(root.resolve("tmp")).isEmptyDirectory();
        }
        assertThat(test.incidents).isEmpty();
    }

    private static boolean readOrFill(DiskStore store, byte[] bytes) throws IOException {
        Optional<Lease> lease = store.blobs().open(Digest.of(bytes));
        if (lease.isPresent()) {
            try (Lease held = lease.get()) {
                assertThat(Content.read(held)).isEqualTo(bytes);
                assertThat(held.trusted()).isTrue();
            }
            return true;
        }
        try {
            Content.put(store.blobs(), bytes);
        } catch (StoreFullException e) {
            assertThat(e.getMessage()).contains("no room");
        }
        return false;
    }

    @Test
    void manyWritersOfOneBlobAgree() throws Exception {
        TestStore test = new TestStore(root);
        byte[] bytes = Content.random(1, SIZE);
        try (DiskStore store = test.open()) {
            all(8, () -> Content.put(store.blobs(), bytes));

            assertThat(Content.get(store.blobs(), Digest.of(bytes))).contains(bytes);
            assertThat(store.blobs().usage().blobs()).isEqualTo(1);
            assertThat(store.blobs().usage().bytes()).isEqualTo(SIZE);
        }
    }

    @Test
    void thoseWhoWaitForOneJournalShareAForce() throws Exception {
        TestStore test = new TestStore(root);
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger forces = new AtomicInteger();
        test.fs = new WrappedFs(WrappedFs.quick()) {
            @Override
            public void force(FileChannel file, boolean metadata) {
                if (!metadata) {
                    forces.incrementAndGet();
                    first.countDown();
                    awaitUninterruptibly(go);
                }
            }
        };
        try (DiskStore store = test.open()) {
            AtomicInteger count = new AtomicInteger();
            Callable<Object> saw = () -> store.tags()
                    .saw(ALPINE, new Tag("t" + count.incrementAndGet()), Content.manifest(new byte[1]), test.now);
            Future<?> leader = threads.submit(saw);
            assertThat(first.await(1, TimeUnit.MINUTES)).isTrue();
            List<Future<?>> followers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                followers.add(threads.submit(saw));
            }
            while (store.tags().list(ALPINE).size() < 7) {
                Thread.onSpinWait();
            }
            assertThat(followers).noneMatch(Future::isDone);
            go.countDown();
            leader.get(1, TimeUnit.MINUTES);
            for (Future<?> follower : followers) {
                follower.get(1, TimeUnit.MINUTES);
            }

            assertThat(forces.get()).isEqualTo(2);
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void journalsOfManyRepositoriesStayWithinTheirMemory() throws Exception {
        TestStore test = new TestStore(root);
        Disk disk = Disk.of(test.fs, root, test.incidents::add, () -> test.now);
        disk.directories().ensure(disk.layout().temporary());
        Journals journals = new Journals(disk, digest -> {}, digest -> {}, 20_000);
        DiskTags tags = new DiskTags(journals);
        AtomicInteger repositories = new AtomicInteger();
        all(8, () -> {
            for (int i = 0; i < 100; i++) {
                Repository own = repository(repositories.incrementAndGet());
                tags.saw(own, new Tag("latest"), Content.manifest(new byte[1]), test.now);
                tags.saw(own, new Tag("latest"), Content.manifest(new byte[1]), test.now.plusSeconds(1));
            }
            return true;
        });

        assertThat(journals.weight()).isLessThanOrEqualTo(20_000);
        for (int i = 1; i <= 800; i++) {
            assertThat(tags.find(repository(i), new Tag("latest"))
                            .orElseThrow()
                            .latest()
                            .last())
                    .isEqualTo(test.now.plusSeconds(1));
        }
    }

    private static Repository repository(int number) {
        return new Repository(Registry.DOCKER_HUB, "many/r" + number);
    }
}
