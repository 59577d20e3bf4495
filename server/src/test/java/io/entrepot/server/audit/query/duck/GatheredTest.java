package io.entrepot.server.audit.query.duck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.audit.query.Answer;
import io.entrepot.server.audit.query.Filter;
import io.entrepot.server.audit.query.Format;
import io.entrepot.server.audit.query.ListedRecords;
import io.entrepot.server.audit.query.Question;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Reports on pulls that were gathered day by day are those on all records at once: of a few clients that ask for a few things now
 * and then, again and again, and over midnight, and of transfers that end whenever they end.
 */
class GatheredTest {

    private static final Instant START = Instant.parse("2026-08-30T00:00:00Z");
    private static final Instant NOW = Instant.parse("2026-11-27T00:00:00Z");
    private static final int RECORDS = 1_500;
    private static final long SECOND = 1_000_000;
    private static final long HOUR = 3_600 * SECOND;
    private static final int CLIENTS = 3;
    private static final int IMAGES = 3;

    /** Many are gathered, and some records are not derived. */
    @TempDir
    private Path derived;

    @TempDir
    private Path plain;

    private final ListedRecords records = new ListedRecords();
    private final List<Long> decisions = new ArrayList<>();
    private final List<String> ofDecisions = new ArrayList<>();
    private SplittableRandom random = new SplittableRandom(0);
    private long micros;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void everyReportIsThatOfAllRecordsAtOnce(long seed) throws Exception {
        random = new SplittableRandom(seed);
        while (records.end() < RECORDS) {
            happen();
        }
        ListedRecords some = new ListedRecords();
        records.all().subList(0, RECORDS - 40).forEach(some::add);
        try (Duck duck = duck(derived)) {
            Deriver deriver = new Deriver(duck, derived);
            deriver.derive(some);

            assertThat(deriver.pulls().parts()).hasSizeGreaterThan(2);
        }
        for (String name : Report.NAMES) {
            for (int i = 0; i < 3; i += 2) {
                Map<Filter, String> filters = filters(i);
                Answer gathered = report(derived, name, filters);
                Answer whole = report(plain, name, filters);

                assertThat(gathered.rows()).as(name + " " + filters).isEqualTo(whole.rows());
                assertThat(gathered.figures()).as(name + " " + filters).isEqualTo(whole.figures());
                assertThat(gathered.charts()).as(name + " " + filters).isEqualTo(whole.charts());
            }
        }
    }

    private Map<Filter, String> filters(int number) {
        Map<Filter, String> filters = new EnumMap<>(Filter.class);
        if (number > 0) {
            filters.put(Filter.FROM, time(random.nextLong(micros / 2)).toString());
        }
        if (number > 1) {
            filters.put(
                    Filter.TO, time(micros / 2 + random.nextLong(micros / 2)).toString());
        }
        switch (random.nextInt(5)) {
            case 0 -> filters.put(Filter.CLIENT, client(random.nextInt(CLIENTS)));
            case 1 -> filters.put(Filter.DIGEST, "sha256:m" + random.nextInt(IMAGES));
            case 2 -> filters.put(Filter.LAYER, "sha256:l" + random.nextInt(IMAGES));
            case 3 -> filters.put(Filter.IMAGE, "docker.io/library/app" + random.nextInt(IMAGES));
            default -> {}
        }
        return filters;
    }

    private void happen() {
        micros += switch (random.nextInt(20)) {
            case 0 -> random.nextLong(6 * HOUR);
            case 1, 2, 3 -> random.nextLong(600 * SECOND);
            default -> random.nextLong(120 * SECOND);
        };
        int client = random.nextInt(CLIENTS);
        int image = random.nextInt(IMAGES);
        switch (random.nextInt(16)) {
            case 0 -> manifest(image);
            case 1 -> asksOnAndOn(client, image);
            case 2, 3 -> decision(client, image, "HEAD", "deny", "\"tag\":\"1\"");
            case 4, 5 -> decision(client, image, "HEAD", "allow", "\"tag\":\"1\",\"digest\":\"sha256:i" + image + '"');
            case 6, 7, 8 ->
                decision(
                        client,
                        image,
                        "GET",
                        "allow",
                        "\"digest\":\"sha256:m" + image + "\",\"forTag\":\"1\",\"root\":\"sha256:i" + image + '"');
            default -> transfer();
        }
    }

    /** Five minutes apart, for hours: over one midnight, or over several. */
    private void asksOnAndOn(int client, int image) {
        boolean allowed = random.nextInt(3) == 0;
        for (int left = random.nextInt(10, 400); left > 0 && records.end() < RECORDS; left--) {
            micros += random.nextLong(200 * SECOND, 599 * SECOND);
            if (allowed) {
                decision(
                        client,
                        image,
                        "GET",
                        "allow",
                        "\"digest\":\"sha256:m" + image + "\",\"forTag\":\"2\",\"root\":\"sha256:i" + image + '"');
            } else {
                decision(client, image, "GET", "deny", "\"tag\":\"2\"");
            }
        }
    }

    private void decision(int client, int image, String method, String verdict, String fields) {
        String what = what(client, image);
        long seq = add("\"type\":\"decision\",\"verdict\":\"" + verdict + "\",\"rule\":\"r" + random.nextInt(2)
                + "\",\"kind\":\"manifest\",\"method\":\"" + method + "\"," + what + "," + fields);
        if (verdict.equals("allow")) {
            decisions.add(seq);
            ofDecisions.add(
                    what + ",\"forTag\":\"1\",\"root\":\"sha256:i" + image + "\",\"image\":\"sha256:m" + image + '"');
        }
    }

    /** Of one of the last requests. */
    private void transfer() {
        if (!decisions.isEmpty()) {
            int of = Math.max(0, decisions.size() - 1 - random.nextInt(6));
            boolean whole = random.nextInt(3) > 0;
            add("\"type\":\"transfer\",\"decision\":" + decisions.get(of) + ",\"kind\":\""
                    + (random.nextInt(4) == 0 ? "manifest" : "blob") + "\"," + ofDecisions.get(of)
                    + ",\"digest\":\"sha256:l"
                    + random.nextInt(IMAGES) + "\",\"size\":10,\"bytes\":" + (whole ? 10 : 4) + ",\"complete\":" + whole
                    + ",\"ms\":1,\"cache\":\"fill\"");
        }
    }

    private void manifest(int image) {
        add("\"type\":\"image\",\"digest\":\"sha256:m" + image + "\",\"config\":{\"digest\":\"sha256:c\",\"size\":5},"
                + "\"layers\":[{\"digest\":\"sha256:l" + image + "\",\"size\":10}]");
        add("\"type\":\"image\",\"digest\":\"sha256:i" + image + "\",\"children\":[{\"digest\":\"sha256:m" + image
                + "\"}]");
    }

    private static String what(int client, int image) {
        return "\"registry\":\"docker.io\",\"repository\":\"library/app" + image + "\",\"client\":\"" + client(client)
                + "\",\"node\":\"n" + client + "\",\"namespace\":\"ns" + client % 2 + '"';
    }

    private static String client(int number) {
        return "10.0.0." + number;
    }

    private static Instant time(long micros) {
        return START.plusNanos(micros * 1000);
    }

    private long add(String fields) {
        long seq = records.end();
        micros += 1 + random.nextLong(1000);
        String time = time(micros).toString();
        records.add(("{\"seq\":" + seq + ",\"time\":\"" + time + "\"," + fields + "}").getBytes(UTF_8));
        return seq;
    }

    private Answer report(Path directory, String name, Map<Filter, String> filters) throws IOException, SQLException {
        try (Duck duck = duck(directory)) {
            return new Answering(duck, records, Question.report(directory, name, filters, Format.JSON), NOW).answer();
        }
    }

    private static Duck duck(Path directory) throws IOException, SQLException {
        return Duck.open(directory.resolve("spill"), 512);
    }
}
