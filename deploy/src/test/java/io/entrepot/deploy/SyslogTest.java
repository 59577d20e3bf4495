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
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** rsyslog takes the audit log, over TCP and over TLS, and reads each record as it is. */
class SyslogTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String AGENT = "User-Agent: say \"hello\" \\ %s <34>1 - [x y=\"z\"]";

    /** What its image's record says takes more than the 8 KiB that a receiver takes at least. */
    private static final int LAYERS = 150;

    @TempDir
    Path dir;

    private FakeRegistry upstream;
    private Rsyslog rsyslog;
    private PackagedMirror mirror;

    @BeforeEach
    void start() throws Exception {
        Tools.RSYSLOGD.path();
        upstream = FakeRegistry.start();
        rsyslog = Rsyslog.in(dir.resolve("rsyslog"));
        mirror = PackagedMirror.ofDockerHubUnder(
                """
                audit:
                  segment-size: 1MiB
                  export:
                    - { name: plain, syslog: "%s" }
                    - { name: secure, syslog: "%s", ca: %s }
                """.formatted(rsyslog.tcp(), rsyslog.tls(), rsyslog.authority()),
                dir.resolve("mirror"),
                upstream.url().toString());
    }

    @AfterEach
    void stop() {
        mirror.close();
        rsyslog.close();
        upstream.close();
    }

    private void pull(int number) {
        ImageBuilder builder = ImageBuilder.image().seed(number);
        for (int layer = 0; layer < LAYERS; layer++) {
            builder.layer(20);
        }
        TestImage image = builder.build();
        upstream.push("library/app", "v" + number, image);
        RawHttp.Response got = RawHttp.get(mirror.uri("/v2/docker.io/library/app/manifests/v" + number), AGENT);
        assertThat(got.digest()).isEqualTo(image.digest());
        RawHttp.get(mirror.uri("/v2/docker.io/library/none/manifests/v" + number), AGENT);
    }

    @Test
    void hasEachRecordAlsoOfTheTimesWhenItWasNotThere() throws Exception {
        pull(1);
        rsyslog.start();
        awaitAll(recordsOfPulls(1));
        rsyslog.stop();
        pull(2);
        List<String> records = recordsOfPulls(2);
        rsyslog.start();
        awaitAll(records);

        assertThat(records).anySatisfy(record -> assertThat(record.length()).isGreaterThan(8192));
        assertThat(records).anySatisfy(record -> assertThat(record).contains("say \\\"hello\\\""));
        for (String by : List.of("tcp", "tls")) {
            assertThat(taken(by).subList(0, records.size()))
                    .allSatisfy(SyslogTest::assertSaysTheSame)
                    .extracting(Rsyslog.Message::text)
                    .isEqualTo(records);
        }
    }

    private static void assertSaysTheSame(Rsyslog.Message message) throws IOException {
        JsonNode record = JSON.readTree(message.text());
        assertThat(message.pri()).isEqualTo("110");
        assertThat(message.time().replace("+00:00", "Z"))
                .isEqualTo(record.path("time").asText());
        assertThat(message.host()).isNotBlank();
        assertThat(message.app()).isEqualTo("entrepot");
        assertThat(message.id()).isEqualTo(record.path("type").asText());
        assertThat(message.data()).isEqualTo("-");
    }

    /** Waits until so many pulls are on record with all that is written behind the answer. */
    private List<String> recordsOfPulls(int number) {
        List<List<String>> records = new ArrayList<>();
        Await.until("transfers and images are on record", () -> {
            records.add(records());
            List<String> last = records.get(records.size() - 1);
            return of("transfer", last) >= number && of("image", last) == number;
        });
        return records.get(records.size() - 1);
    }

    private static long of(String type, List<String> records) {
        return records.stream()
                .filter(record -> record.contains("\"type\":\"" + type + "\""))
                .count();
    }

    private void awaitAll(List<String> records) {
        for (String by : List.of("tcp", "tls")) {
            Await.until(
                    () -> records.size() + " records by " + by + ", not "
                            + taken(by).size() + "; " + mirror.log(),
                    Duration.ofMinutes(2),
                    () -> taken(by).size() >= records.size());
        }
    }

    /** Without what came twice since it was not known whether it had been taken. */
    private List<Rsyslog.Message> taken(String by) {
        try {
            return rsyslog.taken().stream()
                    .filter(message -> message.by().equals(by))
                    .distinct()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> records() {
        try {
            return PackagedMirror.entrepot("audit", "records", "--config", mirror.config())
                    .run()
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
