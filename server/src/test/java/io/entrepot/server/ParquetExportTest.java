package io.entrepot.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.AwsKeysFrom;
import io.entrepot.config.BucketConfig;
import io.entrepot.config.Secret;
import io.entrepot.oci.Digest;
import io.entrepot.server.audit.AuditEvent;
import io.entrepot.server.audit.AuditLog;
import io.entrepot.server.audit.KeptLog;
import io.entrepot.server.audit.Naming;
import io.entrepot.server.audit.export.ParquetBucket;
import io.entrepot.server.audit.query.DerivedFile;
import io.entrepot.server.inspect.AuditQueries;
import io.entrepot.server.inspect.StateDir;
import io.entrepot.server.net.Transport;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Parquet of a log comes into a bucket, however long that was away. */
@Timeout(240)
class ParquetExportTest {

    private final EventLoopGroup loops = Transport.best().loops(1, "test");
    private FakeBucket fake;
    private KeptLog kept;
    private AuditLog log;
    private long nanos;

    @TempDir
    private Path dir;

    @BeforeEach
    void start() throws Exception {
        fake = FakeBucket.start();
        kept = KeptLog.open(new KeptLog.Settings(
                dir.resolve("audit"),
                dir.resolve("keys/audit.key"),
                "audit.example/mirror-1",
                true,
                1 << 20,
                Long.MAX_VALUE,
                Duration.ZERO,
                false));
        log = new AuditLog(kept, () -> Runnable::run, Naming.PLAIN, false);
        kept.start(log);
    }

    @AfterEach
    void stop() throws Exception {
        kept.close();
        fake.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).await();
    }

    private BucketConfig config() {
        return new BucketConfig(
                "acme",
                "logs",
                "us-east-1",
                Optional.of(fake.uri()),
                true,
                Optional.empty(),
                true,
                new AwsKeysFrom.Given(FakeBucket.ID, new Secret(FakeBucket.SECRET), Optional.empty()),
                Duration.ZERO,
                BucketConfig.LockMode.COMPLIANCE);
    }

    private ParquetBucket bucket() throws Exception {
        return new ParquetBucket(
                new Buckets(loops, Optional.empty()).open(config()), kept.origin(), dir.resolve("state"));
    }

    private ParquetExport export(ParquetBucket bucket) {
        StateDir state = new StateDir(dir.resolve("cache"), dir);
        return new ParquetExport(kept, AuditQueries.of(state), bucket, Duration.ofHours(1), () -> nanos);
    }

    private void record() {
        log.record(new AuditEvent.Happened("stop", List.of())).join();
    }

    /** Each day's object: one, or two if midnight comes between two records. */
    private Map<String, Digest> there() {
        Map<String, Digest> days = new TreeMap<>();
        fake.objects().forEach((key, object) -> {
            assertThat(key).matches("acme/logs/records/date=20[0-9-]{8}/audit\\.example-mirror-1\\.parquet");
            assertThat(new String(object.body(), 0, 4, US_ASCII)).isEqualTo("PAR1");
            days.put(key.replaceAll(".*date=([0-9-]+)/.*", "$1"), Digest.of(object.body()));
        });
        assertThat(days).isNotEmpty();
        return days;
    }

    private Map<String, Digest> here() throws IOException {
        Map<String, Digest> days = new TreeMap<>();
        for (DerivedFile file : DerivedFile.all(kept.directory())) {
            assertThat(days.put(file.day(), Digest.of(Files.readAllBytes(file.path()))))
                    .isNull();
        }
        return days;
    }

    @Test
    void whatIsDerivedIsThereAsItIsHere() throws Exception {
        record();
        try (ParquetBucket bucket = bucket()) {
            ParquetExport export = export(bucket);
            export.step();
            Map<String, Digest> first = there();
            assertThat(first).isEqualTo(here());
            assertThat(bucket.shipped()).isEqualTo(1);

            record();
            export.step();
            assertThat(there()).as("before its time").isEqualTo(first);
            nanos += TimeUnit.HOURS.toNanos(1);
            export.step();
            assertThat(bucket.shipped()).isEqualTo(2);
            assertThat(there()).isNotEqualTo(first).isEqualTo(here());
        }
    }

    @Test
    void nothingIsLostWhileTheBucketIsAway() throws Exception {
        record();
        int port = fake.port();
        fake.close();
        try (ParquetBucket bucket = bucket()) {
            ParquetExport export = export(bucket);
            export.step();
            assertThat(bucket.shipped()).isZero();
            record();

            fake = FakeBucket.startAt(port);
            export.step();
            assertThat(bucket.shipped()).isEqualTo(2);
            assertThat(there()).isNotEmpty();
        }
    }
}
