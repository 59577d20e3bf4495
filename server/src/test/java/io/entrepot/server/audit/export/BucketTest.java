package io.entrepot.server.audit.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.config.Secret;
import io.entrepot.server.FakeBucket;
import io.entrepot.server.audit.query.DerivedFile;
import io.entrepot.server.aws.AwsKeys;
import io.entrepot.server.aws.SigV4;
import io.entrepot.server.net.Egress;
import io.entrepot.server.net.HttpCall;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.Transport;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a bucket gets. */
@Timeout(120)
class BucketTest {

    private final EventLoopGroup loops = Transport.best().loops(1, "test");
    private final List<String> ids = new ArrayList<>(List.of(FakeBucket.ID));
    private FakeBucket fake;

    @TempDir
    private Path dir;

    @BeforeEach
    void start() throws IOException {
        fake = FakeBucket.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        fake.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).await();
    }

    /** Signs with the first key that was not refused. */
    private final class Keys implements Bucket.Signing {

        @Override
        public HttpCall sign(HttpCall call) {
            AwsKeys keys = new AwsKeys(ids.get(0), new Secret(FakeBucket.SECRET), Optional.of(new Secret("session")));
            return SigV4.s3("eu-central-1").sign(call, keys, Instant.now());
        }

        @Override
        public void refused() {
            ids.remove(0);
        }
    }

    private Bucket bucket() {
        Duration patience = Duration.ofSeconds(10);
        Egress egress = new Egress(true, Set.of(), Optional.empty(), patience, patience, patience, 2);
        URI root = URI.create(fake.uri() + "/audit/mirrors/");
        return new Bucket(new HttpClient(loops, egress), root, new Keys(), Duration.ofMillis(1));
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    @Test
    void takesAnObjectThatIsSignedWithItsHash() throws Exception {
        try (Bucket bucket = bucket()) {
            bucket.put("a/date=2026-11-27/b.jsonl", "{}\n".getBytes(UTF_8), Map.of("Content-Type", "text/plain"));
        }

        FakeBucket.Stored stored = fake.objects().get("audit/mirrors/a/date=2026-11-27/b.jsonl");
        assertThat(stored.text()).isEqualTo("{}\n");
        assertThat(stored.headers())
                .containsEntry("content-type", "text/plain")
                .containsEntry("x-amz-security-token", "session");
    }

    @Test
    void whatMayPassIsTriedAgain() throws Exception {
        fake.fail(503, "SlowDown");
        fake.fail(500, "InternalError");
        try (Bucket bucket = bucket()) {
            bucket.put("a", bytes(10), Map.of());
        }

        assertThat(fake.objects()).containsOnlyKeys("audit/mirrors/a");
        assertThat(fake.requests()).hasSize(3);
    }

    @Test
    void whatDoesNotPassIsSaid() throws Exception {
        fake.fail(403, "AccessDenied");
        try (Bucket bucket = bucket()) {
            assertThatThrownBy(() -> bucket.put("a", bytes(10), Map.of()))
                    .hasMessage("127.0.0.1 answered 403 AccessDenied (expected: 2xx)");
            assertThat(fake.requests()).hasSize(1);
            for (int i = 0; i < 3; i++) {
                fake.fail(503, "SlowDown");
            }
            assertThatThrownBy(() -> bucket.put("a", bytes(10), Map.of()))
                    .hasMessage("127.0.0.1 answered 503 SlowDown (expected: 2xx)");
        }
        assertThat(fake.objects()).isEmpty();
    }

    @Test
    void keysThatAreNotTakenAreFetchedAgain() throws Exception {
        ids.add(0, "OLD");
        try (Bucket bucket = bucket()) {
            bucket.put("a", bytes(10), Map.of());
        }

        assertThat(fake.objects()).hasSize(1);
        assertThat(ids).containsExactly(FakeBucket.ID);
    }

    @Test
    void aBucketThatIsAwayIsAFailure() throws Exception {
        try (Bucket bucket = bucket()) {
            fake.close();

            assertThatThrownBy(() -> bucket.put("a", bytes(10), Map.of()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("127.0.0.1 cannot be reached");
        }
    }

    @Test
    void aLargeFileGoesInParts() throws Exception {
        byte[] content = bytes(2 * Bucket.PART + 17);
        Path file = Files.write(dir.resolve("large"), content);
        fake.fail(503, "SlowDown");
        try (Bucket bucket = bucket()) {
            bucket.put("large.parquet", file, "application/vnd.apache.parquet");
        }

        assertThat(fake.objects().get("audit/mirrors/large.parquet").body()).isEqualTo(content);
        assertThat(fake.uploads()).isZero();
        assertThat(fake.requests()).hasSize(6);
    }

    @Test
    void anUploadInPartsThatFailsIsGivenUp() throws Exception {
        Path file = Files.write(dir.resolve("large"), bytes(Bucket.PART + 1));
        try (Bucket bucket = bucket()) {
            bucket.put("small", bytes(1), Map.of());
            Signed counted = new Signed();
            Bucket failing = counted.failingAt(3);
            assertThatThrownBy(() -> failing.put("large", file, "x")).hasMessageContaining("403 AccessDenied");
            failing.close();
        }

        assertThat(fake.objects()).containsOnlyKeys("audit/mirrors/small");
        assertThat(fake.uploads()).isZero();
    }

    /** Counts requests, so that one of them can fail. */
    private final class Signed implements Bucket.Signing {

        private int left = Integer.MAX_VALUE;

        Bucket failingAt(int request) {
            left = request;
            Duration patience = Duration.ofSeconds(10);
            Egress egress = new Egress(true, Set.of(), Optional.empty(), patience, patience, patience, 2);
            return new Bucket(
                    new HttpClient(loops, egress),
                    URI.create(fake.uri() + "/audit/mirrors/"),
                    this,
                    Duration.ofMillis(1));
        }

        @Override
        public HttpCall sign(HttpCall call) {
            if (--left == 0) {
                fake.fail(403, "AccessDenied");
            }
            return new Keys().sign(call);
        }

        @Override
        public void refused() {
            throw new IllegalStateException("they were taken");
        }
    }

    @Test
    void aLockedLineSaysUntilWhenAndComesWithItsDigest() throws Exception {
        Instant now = Instant.parse("2026-11-27T02:03:04.5Z");
        BucketSink.Lock lock = new BucketSink.Lock("COMPLIANCE", Duration.ofDays(400));
        try (BucketSink sink = new BucketSink(bucket(), Optional.of(lock), () -> now)) {
            sink.deliver(List.of(new Entry(1204, "{\"seq\":1204}".getBytes(UTF_8))));
        }

        FakeBucket.Stored stored =
                fake.objects().get("audit/mirrors/checkpoints/date=2026-11-27/20261127T020304Z-1204.jsonl");
        assertThat(stored.text()).isEqualTo("{\"seq\":1204}\n");
        assertThat(stored.headers())
                .containsEntry("x-amz-object-lock-mode", "COMPLIANCE")
                .containsEntry("x-amz-object-lock-retain-until-date", "2028-01-01T02:03:04Z");
        assertThat(Base64.getDecoder().decode(stored.headers().get("content-md5")))
                .hasSize(16);
    }

    @Test
    void withoutALockNoneIsAskedFor() throws Exception {
        try (BucketSink sink = new BucketSink(bucket(), Optional.empty(), Instant::now)) {
            sink.deliver(List.of(new Entry(1, "{}".getBytes(UTF_8))));
        }

        assertThat(fake.objects().values())
                .singleElement()
                .satisfies(stored -> assertThat(stored.headers().keySet()).noneMatch(name -> name.contains("lock")));
    }

    private DerivedFile derived(String table, String day, long from, long to, String content) throws IOException {
        String name = String.format("r-%016x-%016x.parquet", from, to);
        Path directory =
                Files.createDirectories(dir.resolve("log").resolve(table).resolve("date=" + day));
        Files.writeString(directory.resolve(name), content);
        return new DerivedFile(table.equals("parquet") ? "records" : table, day, from, to, directory.resolve(name));
    }

    private ParquetBucket parquet() throws IOException {
        return new ParquetBucket(bucket(), "mirror-1/entrepot", dir.resolve("state"));
    }

    @Test
    void eachDayIsOneObjectThatIsPutAnewWhenMoreWasDerived() throws Exception {
        DerivedFile first = derived("parquet", "2026-11-26", 0, 10, "day one");
        DerivedFile second = derived("parquet", "2026-11-27", 10, 15, "half a day");
        DerivedFile layers = derived("layers", "2026-11-26", 0, 10, "layers");
        try (ParquetBucket bucket = parquet()) {
            bucket.ship(List.of(layers, first, second), 15);
            assertThat(bucket.shipped()).isEqualTo(15);
        }
        assertThat(fake.objects())
                .containsOnlyKeys(
                        "audit/mirrors/records/date=2026-11-26/mirror-1-entrepot.parquet",
                        "audit/mirrors/records/date=2026-11-27/mirror-1-entrepot.parquet",
                        "audit/mirrors/layers/date=2026-11-26/mirror-1-entrepot.parquet");

        DerivedFile whole = derived("parquet", "2026-11-27", 10, 20, "a whole day");
        try (ParquetBucket bucket = parquet()) {
            assertThat(bucket.shipped()).isEqualTo(15);
            bucket.ship(List.of(layers, first, whole), 20);
        }
        assertThat(fake.requests()).hasSize(4);
        assertThat(fake.objects()
                        .get("audit/mirrors/records/date=2026-11-27/mirror-1-entrepot.parquet")
                        .text())
                .isEqualTo("a whole day");
        assertThat(DerivedFile.all(dir.resolve("log"))).hasSize(4).contains(first, whole, layers);
    }

    @Test
    void whatFailedIsPutTheNextTimeAndNothingElse() throws Exception {
        DerivedFile first = derived("parquet", "2026-11-26", 0, 10, "day one");
        DerivedFile second = derived("parquet", "2026-11-27", 10, 15, "day two");
        try (ParquetBucket bucket = parquet()) {
            bucket.ship(List.of(first), 10);
            fake.fail(403, "AccessDenied");
            assertThatThrownBy(() -> bucket.ship(List.of(first, second), 15)).isInstanceOf(IOException.class);
            assertThat(bucket.shipped()).isEqualTo(10);
            bucket.ship(List.of(first, second), 15);
            assertThat(bucket.shipped()).isEqualTo(15);
        }

        assertThat(fake.requests()).hasSize(3);
    }

    @Test
    void aDayOfWhichRecordsWereLostHereStaysThereAsItWas() throws Exception {
        try (ParquetBucket bucket = parquet()) {
            bucket.ship(List.of(derived("parquet", "2026-11-26", 0, 10, "all of it")), 10);
            bucket.ship(List.of(derived("parquet", "2026-11-26", 5, 10, "half of it")), 10);
        }

        assertThat(fake.objects().values()).extracting(FakeBucket.Stored::text).containsExactly("all of it");
    }

    /** As when what was derived was deleted here after records of the day were pruned, and the day goes on. */
    @Test
    void saysThatItLacksWhatCameSinceRecordsOfThatDayWereLostHere() throws Exception {
        try (ParquetBucket bucket = parquet()) {
            bucket.ship(List.of(derived("parquet", "2026-11-26", 0, 10, "all of it")), 10);
            DerivedFile rest = derived("parquet", "2026-11-26", 5, 20, "half of it and more");
            DerivedFile next = derived("parquet", "2026-11-27", 20, 25, "the next day");

            assertThatThrownBy(() -> bucket.ship(List.of(rest, next), 25))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("records 2026-11-26");
            assertThat(bucket.shipped()).isEqualTo(10);
        }

        assertThat(fake.objects().values())
                .extracting(FakeBucket.Stored::text)
                .containsExactlyInAnyOrder("all of it", "the next day");
    }
}
