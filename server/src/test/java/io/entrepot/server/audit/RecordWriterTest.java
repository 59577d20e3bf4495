package io.entrepot.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.entrepot.oci.Digest;
import io.entrepot.server.audit.AuditEvent.Image;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A record says what an event says, on one line that any reader of JSON reads. */
class RecordWriterTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant NOW = Instant.parse("2026-11-27T02:03:04.000056789Z");

    private final RecordWriter writer = new RecordWriter();

    private JsonNode read(AuditEvent event) throws IOException {
        return read(event, Naming.PLAIN);
    }

    private JsonNode read(AuditEvent event, Naming names) throws IOException {
        byte[] behind = writer.write(event, NOW, names);
        String line = "{\"seq\":7," + new String(behind, StandardCharsets.UTF_8);
        assertThat(line).doesNotContain("\n", "\r");
        assertThat(line.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(65_535);
        return JSON.readTree(line);
    }

    private static Requester alice() throws IOException {
        return new Requester(
                InetAddress.getByName("203.0.113.7"),
                40_123,
                InetAddress.getByName("10.0.0.6"),
                "alice",
                "basic",
                "",
                "",
                "",
                "containerd/1.6",
                "4bf92f3577b34da6a3ce929d0e0e4736");
    }

    @Test
    void aDecisionIsWhollyThere() throws IOException {
        JsonNode record = read(new AuditEvent.Decision(
                alice(),
                Made.tag("3.20"),
                Ruling.allow("hub", true, List.of(new Ruling.Warned("soon", "use a digest")), "ticket 7"),
                new Found(
                        Made.DIGEST,
                        "application/vnd.oci.image.index.v1+json",
                        1_853,
                        "linux/arm64/v8",
                        61,
                        "upstream unavailable",
                        "stale",
                        "",
                        new Found.Lineage("3.20", Made.DIGEST, "")),
                new Basis("0011223344556677", 3, "docker.io", "robot", "")));

        assertThat(record).isEqualTo(JSON.readTree("""
                {"seq":7,"time":"2026-11-27T02:03:04.000056Z","type":"decision","verdict":"allow","status":200,"rule":"hub","mode":"warn",
                 "exemption":"ticket 7","warned":[{"rule":"soon","message":"use a digest"}],"kind":"manifest","method":"GET",
                 "asked":"docker.io/library/alpine:3.20","registry":"docker.io","repository":"library/alpine","tag":"3.20",
                 "digest":"%1$s","mediaType":"application/vnd.oci.image.index.v1+json","size":1853,
                 "platform":"linux/arm64/v8","tagAge":61,"stale":"upstream unavailable","cache":"stale","forTag":"3.20",
                 "root":"%1$s","policy":"0011223344556677","settings":3,"upstream":"docker.io","credential":"robot",
                 "client":"203.0.113.7","port":40123,"via":"10.0.0.6","principal":"alice","proof":"basic",
                 "agent":"containerd/1.6","trace":"4bf92f3577b34da6a3ce929d0e0e4736"}
                """.formatted(Made.DIGEST)));
    }

    @Test
    void whatIsNotKnownIsLeftOut() throws IOException {
        JsonNode record = read(Made.not("10.0.0.7", Ruling.Verdict.DENY, 403, "3.20", "no"));

        assertThat(record.has("digest")).isFalse();
        assertThat(record.has("size")).isFalse();
        assertThat(record.has("via")).isFalse();
        assertThat(record.has("principal")).isFalse();
        assertThat(record.path("reason").asText()).isEqualTo("no");
    }

    @Test
    void aTransferIsHeldToItsDecision() throws IOException {
        JsonNode record = read(new AuditEvent.Transfer(
                5, Made.at("10.0.0.7"), Made.tag("3.20"), Made.found(Made.DIGEST), Basis.NONE, "0-524", 525, true, 12));

        assertThat(record.path("type").asText()).isEqualTo("transfer");
        assertThat(record.path("decision").asLong()).isEqualTo(5);
        assertThat(record.path("range").asText()).isEqualTo("0-524");
        assertThat(record.path("bytes").asLong()).isEqualTo(525);
        assertThat(record.path("complete").asBoolean()).isTrue();
        assertThat(record.path("ms").asLong()).isEqualTo(12);
    }

    @Test
    void namesOfPeopleBecomeHashesAndNodesStay() throws IOException {
        Naming names = people("0123456789abcdef");
        Requester node = new Requester(
                InetAddress.getLoopbackAddress(),
                1,
                InetAddress.getLoopbackAddress(),
                "node:worker-1",
                "node",
                "worker-1",
                "",
                "",
                "",
                "");

        JsonNode person = read(by(alice()), names);
        assertThat(person.path("principal").asText()).matches("p:[0-9a-f]{20}");
        assertThat(person).isEqualTo(read(by(alice()), names));
        assertThat(person.path("principal"))
                .isNotEqualTo(read(by(alice()), people("fedcba9876543210")).path("principal"));
        assertThat(read(by(node), names).path("principal").asText()).isEqualTo("node:worker-1");
    }

    private static Naming people(String key) {
        return new Naming(Pseudonyms.under(key), Pseudonyms.NONE, NodeNames.NONE);
    }

    @Test
    void addressesOfClientsBecomeHashesWhereTheOperatorWantsThatAlsoInReasonsAndCounts() throws IOException {
        String key = "0123456789abcdef";
        Naming names = new Naming(Pseudonyms.under(key), Pseudonyms.ofAddresses(key), NodeNames.NONE);
        Requester who = alice();
        JsonNode record = read(
                new AuditEvent.Decision(
                        who,
                        Made.tag("1"),
                        Ruling.not(Ruling.Verdict.DENY, 403, "", "alice at 203.0.113.7 may not"),
                        Found.NOTHING,
                        Basis.NONE),
                names);
        JsonNode counted = read(new AuditEvent.Repeated(who, 2, 1, List.of()), names);

        String client = record.path("client").asText();
        assertThat(client)
                .matches("p:[0-9a-f]{20}")
                .isNotEqualTo(Pseudonyms.under(key).of("203.0.113.7"));
        assertThat(record.path("reason").asText())
                .isEqualTo(record.path("principal").asText() + " at " + client + " may not");
        assertThat(record.path("via").asText()).isEqualTo("10.0.0.6");
        assertThat(counted.path("source").asText()).isEqualTo(client);
        assertThat(counted.path("client").asText()).isEqualTo(client);
        assertThat(record.toString() + counted).doesNotContain("203.0.113.7", "alice");
    }

    @Test
    void aNodeIsKnownByItsAddressWhereItProvesNothing(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(dir.resolve("nodes"), "10.0.0.7 worker-1\n10.0.0.0/24 some-node\n");
        Naming names = new Naming(Pseudonyms.NONE, Pseudonyms.NONE, NodeNames.in(file));
        Requester proven = new Requester(
                Made.at("10.0.0.7").client(),
                1,
                Made.at("10.0.0.7").via(),
                "node:worker-9",
                "node",
                "worker-9",
                "",
                "",
                "",
                "");

        assertThat(read(by(Made.at("10.0.0.7")), names).path("node").asText()).isEqualTo("worker-1");
        assertThat(read(by(Made.at("10.0.0.8")), names).path("node").asText()).isEqualTo("some-node");
        assertThat(read(by(Made.at("10.0.1.7")), names).has("node")).isFalse();
        assertThat(read(by(proven), names).path("node").asText()).isEqualTo("worker-9");
    }

    private static AuditEvent by(Requester who) {
        return new AuditEvent.Decision(
                who, Made.tag("1"), Ruling.allow("", false, List.of(), ""), Made.found(Made.DIGEST), Basis.NONE);
    }

    @Test
    void aManifestOfMoreLayersThanThereIsRoomForSaysThatItIsCut() throws IOException {
        Image.Part layer = new Image.Part(Image.Kind.LAYER, Made.DIGEST, "application/x", 1, "");
        JsonNode record = read(new Image(Digest.parse(Made.DIGEST), "m", 1, Collections.nCopies(1_000, layer)));

        assertThat(record.path("layers").size()).isGreaterThan(300).isLessThan(1_000);
        assertThat(record.path("cut").asBoolean()).isTrue();
    }

    @Property(tries = 200)
    void anyTextComesBackAsItWas(@ForAll @StringLength(max = 300) String text) throws IOException {
        JsonNode record = read(Made.unroutable("10.0.0.7", text, "", text));

        String expected = text.isEmpty() ? "" : lone(text);
        assertThat(record.path("asked").asText()).isEqualTo(expected);
        assertThat(record.path("reason").asText()).isEqualTo(expected);
    }

    /** Half a pair of surrogates is no character. */
    private static String lone(String text) {
        return text.codePoints()
                .map(point -> point >= 0xd800 && point <= 0xdfff ? 0xfffd : point)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Test
    void textThatHidesOrEndsALineIsEscaped() {
        byte[] record = writer.write(
                Made.unroutable("10.0.0.7", "a\n\u001b[31m\u202e\u2028\u0085\u007f", "", "b"), NOW, Naming.PLAIN);

        assertThat(new String(record, StandardCharsets.UTF_8))
                .contains("a\\u000a\\u001b[31m\\u202e\\u2028\\u0085\\u007f")
                .matches("[\\x20-\\x7e]*");
    }

    @Test
    void soIsWhatIsNotSeenAlsoBeyondTheBasicPlane() {
        String tag = Character.toString(0xe0041);
        String beam = Character.toString(0x1d173);
        String selector = Character.toString(0xe0100);
        byte[] record = writer.write(
                Made.unroutable("10.0.0.7", "a" + tag + beam + selector + "\u3164\ufe0f\u034f", "", "b"),
                NOW,
                Naming.PLAIN);

        assertThat(new String(record, StandardCharsets.UTF_8))
                .contains("a\\udb40\\udc41\\ud834\\udd73\\udb40\\udd00\\u3164\\ufe0f\\u034f\"")
                .matches("[\\x20-\\x7e]*");
    }

    @Test
    void whatIsSeenStandsAsItIs() {
        String seen = "\u00e9\u4e2d" + Character.toString(0x1f600) + Character.toString(0x20000);

        assertThat(new String(
                        writer.write(Made.unroutable("10.0.0.7", seen, "", "b"), NOW, Naming.PLAIN),
                        StandardCharsets.UTF_8))
                .contains("\"" + seen + "\"");
    }

    @Test
    void hugeTextsDoNotBurstAnEntry() throws IOException {
        String huge = "\u0001".repeat(100_000);
        JsonNode record = read(new AuditEvent.Decision(
                Made.at("10.0.0.7"),
                Made.tag("1"),
                Ruling.allow("r", false, Collections.nCopies(100, new Ruling.Warned(huge, huge)), huge),
                new Found(Made.DIGEST, huge, 1, huge, 1, huge, "hit", huge, Found.Lineage.NONE),
                new Basis("p", 1, huge, huge, "")));

        assertThat(record.path("warned").size()).isEqualTo(32);
    }
}
