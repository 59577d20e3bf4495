package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.entrepot.loadtest.Await;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.TestImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged mirror is killed, its log's disk runs full, is slow, hangs: what a client has is on record. */
class AuditLifeTest {

    private static final int CLIENTS = 4;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TestImage IMAGE =
            ImageBuilder.image().seed(1).layer(10_000).build();
    private static final String MANIFEST = "/v2/docker.io/library/app/manifests/1";

    @TempDir
    Path dir;

    private FakeRegistry upstream;
    private final AtomicLong traces = new AtomicLong();
    private final Set<String> had = ConcurrentHashMap.newKeySet();

    @BeforeEach
    void start() {
        upstream = FakeRegistry.start();
        upstream.push("library/app", "1", IMAGE);
    }

    @AfterEach
    void stop() {
        upstream.close();
    }

    private PackagedMirror mirror(String audit) throws Exception {
        return PackagedMirror.ofDockerHubUnder(
                audit, dir.resolve("mirror"), upstream.url().toString());
    }

    /** Pulls, and remembers by which trace if it got the whole manifest; returns the status. */
    private int pull(PackagedMirror mirror) {
        String trace = String.format("%032x", traces.incrementAndGet());
        RawHttp.Response got = RawHttp.get(mirror.uri(MANIFEST), "traceparent: 00-" + trace + "-00f067aa0ba902b7-01");
        if (got.status() == 200 && got.digest().equals(IMAGE.digest())) {
            had.add(trace);
        }
        return got.status();
    }

    private static List<JsonNode> records(PackagedMirror mirror) throws Exception {
        List<JsonNode> all = new ArrayList<>();
        String printed = PackagedMirror.entrepot("audit", "records", "--config", mirror.config())
                .run();
        for (String line : printed.lines().toList()) {
            all.add(JSON.readTree(line));
        }
        return all;
    }

    private static Set<String> allowed(List<JsonNode> records) {
        Set<String> traces = new HashSet<>();
        records.stream()
                .filter(record -> record.path("verdict").asText().equals("allow"))
                .forEach(record -> traces.add(record.path("trace").asText()));
        return traces;
    }

    @Test
    void whatAClientHasIsOnRecordAfterKillNine() throws Exception {
        try (PackagedMirror mirror = mirror("audit: { segment-size: 1MiB }")) {
            for (int round = 0; round < Integer.getInteger("entrepot.kills", 5); round++) {
                int before = had.size();
                AtomicBoolean killed = new AtomicBoolean();
                ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
                for (int i = 0; i < CLIENTS; i++) {
                    clients.execute(() -> pullUntil(mirror, killed));
                }
                int enough = before + 50 + 37 * round % 200;
                Await.until("pulls before the kill", () -> had.size() >= enough);
                mirror.kill();
                killed.set(true);
                clients.shutdown();
                assertThat(clients.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
                mirror.restart();
            }

            List<JsonNode> records = records(mirror);
            assertThat(allowed(records)).containsAll(had);
            for (int i = 0; i < records.size(); i++) {
                assertThat(records.get(i).path("seq").asLong()).isEqualTo(i);
            }
        }
    }

    private void pullUntil(PackagedMirror mirror, AtomicBoolean killed) {
        while (!killed.get()) {
            try {
                pull(mirror);
            } catch (UncheckedIOException e) {
                // the mirror is dead, as it should be
                return;
            }
        }
    }

    @Test
    void nothingIsGivenOffTheRecordWhenTheDiskOfTheLogIsFull() throws Exception {
        Tools.requireRoot();
        Path volume = Files.createDirectories(dir.resolve("log"));
        Command.of("mount", "-t", "tmpfs", "-o", "size=8m", "entrepot-test")
                .with(volume)
                .run();
        try (PackagedMirror mirror = mirror("audit: { segment-size: 1MiB, path: " + volume.resolve("audit") + " }")) {
            Path filler = fill(volume);
            int reserved = 0;
            while (pull(mirror) == 200) {
                reserved++;
            }

            assertThat(reserved).isGreaterThan(500);
            assertThat(pull(mirror)).isEqualTo(503);
            assertThat(RawHttp.get(mirror.admin("/readyz")).text()).contains("the audit log cannot be written");
            assertThat(RawHttp.get(mirror.admin("/livez")).status()).isEqualTo(200);

            Files.delete(filler);
            Await.until("the log can be written again", () -> pull(mirror) == 200);
            assertThat(RawHttp.get(mirror.admin("/readyz")).status()).isEqualTo(200);
            List<JsonNode> records = records(mirror);
            assertThat(allowed(records)).containsAll(had);
            assertThat(records)
                    .filteredOn(record -> record.path("type").asText().equals("gap"))
                    .singleElement()
                    .satisfies(gap -> assertThat(gap.path("why").asText()).contains("No space left"));
        } finally {
            Command.of("umount").with(volume).run();
        }
    }

    /** F39: forces that take two seconds each, and then more than anybody waits for. */
    @Test
    @Tag("long")
    void whatAClientHasIsOnRecordWhereTheDiskIsSlowAndNothingIsGivenWhereItHangs() throws Exception {
        try (PackagedMirror mirror = mirror("audit: { segment-size: 1MiB }")) {
            assertThat(pull(mirror)).isEqualTo(200);
            AtomicBoolean killed = new AtomicBoolean();
            ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
            try (SlowDisk disk = SlowDisk.under(mirror, dir.resolve("strace"), Duration.ofSeconds(2))) {
                for (int i = 0; i < CLIENTS; i++) {
                    clients.execute(() -> pullUntil(mirror, killed));
                }
                Await.until(disk::said, Duration.ofMinutes(3), () -> had.size() >= 1 + 3 * CLIENTS);
                mirror.kill();
            }
            killed.set(true);
            clients.shutdown();
            assertThat(clients.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
            mirror.restart();
            assertThat(allowed(records(mirror))).containsAll(had);

            ExecutorService one = Executors.newSingleThreadExecutor();
            try (SlowDisk disk = SlowDisk.under(mirror, dir.resolve("strace"), Duration.ofMinutes(5))) {
                one.execute(() -> pull(mirror));
                Await.until(
                        disk::said,
                        Duration.ofMinutes(1),
                        () -> ready(mirror).contains("the audit log cannot be written"));

                assertThat(pull(mirror)).isEqualTo(503);
            }
            one.shutdown();
            Await.until("the log can be written again", () -> pull(mirror) == 200);
            assertThat(one.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
            assertThat(allowed(records(mirror))).containsAll(had);
        }
    }

    private static String ready(PackagedMirror mirror) {
        return RawHttp.get(mirror.admin("/readyz")).text();
    }

    /** Takes every byte that is left. */
    private static Path fill(Path volume) throws IOException {
        Path filler = volume.resolve("filler");
        byte[] zeros = new byte[4096];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(zeros);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
            return filler;
        }
    }
}
