package io.entrepot.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.entrepot.oci.Digest;
import io.entrepot.server.audit.AuditEvent.Happened;
import io.entrepot.server.audit.AuditEvent.Happened.Fact;
import io.entrepot.server.audit.AuditEvent.Image;
import io.entrepot.server.audit.AuditEvent.Repeated;
import io.entrepot.server.audit.tlog.Missing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written is what the schema says. */
class RecordSchemaTest {

    private static final Instant NOW = Instant.parse("2026-11-27T02:03:04Z");

    static List<AuditEvent> events() {
        return List.of(
                Made.allowed("10.0.0.7", Made.DIGEST),
                Made.not("2001:db8::7", Ruling.Verdict.UNDECIDED, 503, "3.20", "not known now"),
                Made.unroutable("10.0.0.7", "evil.example/a:1", "evil.example", "not an upstream"),
                new AuditEvent.Transfer(
                        3,
                        Made.at("10.0.0.7"),
                        Made.tag("1"),
                        Made.found(Made.DIGEST),
                        Basis.NONE,
                        "0-4,9-9",
                        5,
                        true,
                        1),
                new AuditEvent.Transfer(
                        -1, Made.at("10.0.0.7"), Made.tag("1"), Made.found(Made.DIGEST), Basis.NONE, "", 0, false, 1),
                new Image(
                        Digest.parse(Made.DIGEST),
                        "application/vnd.oci.image.manifest.v1+json",
                        525,
                        List.of(
                                new Image.Part(Image.Kind.CONFIG, Made.DIGEST, "application/c", 1, ""),
                                new Image.Part(Image.Kind.LAYER, Made.DIGEST, "application/l", 2, ""))),
                new Image(
                        Digest.parse(Made.DIGEST),
                        "application/vnd.oci.image.index.v1+json",
                        525,
                        List.of(new Image.Part(Image.Kind.CHILD, Made.DIGEST, "application/m", 1, "linux/amd64"))),
                new Repeated(
                        Made.at("10.0.0.7"),
                        70,
                        5,
                        List.of(new Repeated.Example(Ruling.Verdict.DENY, "no", "docker.io/a:1", 70))),
                new Happened("gap", List.of(Fact.of("why", "no space"), Fact.of("given", 3))),
                new Happened("config.change", List.of(Fact.of("before", "ab"), Fact.of("problems", List.of("a", "b")))),
                new Happened(
                        "tag.moved",
                        List.of(
                                Fact.of("registry", "docker.io"),
                                Fact.of("repository", "library/alpine"),
                                Fact.of("tag", "3"),
                                Fact.of("before", Made.DIGEST),
                                Fact.of("after", Made.DIGEST))));
    }

    @Test
    void whatStandsForARecordThatIsLostIsOneToo() throws IOException {
        assertThat(schema().validate(new ObjectMapper().readTree(Missing.at(7))))
                .isEmpty();
        assertThat(schema().validate(new ObjectMapper().readTree("{\"seq\":7,\"type\":\"stop\"}")))
                .as("without a time")
                .isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("events")
    void isARecord(AuditEvent event) throws IOException {
        byte[] written = new RecordWriter().write(event, NOW, Naming.PLAIN);
        String record = "{\"seq\":7," + new String(written, StandardCharsets.UTF_8);

        assertThat(schema().validate(new ObjectMapper().readTree(record)))
                .as(record)
                .isEmpty();
    }

    private static JsonSchema schema() throws IOException {
        try (InputStream in = AuditLog.class.getResourceAsStream("schema-1.json")) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(in);
        }
    }
}
