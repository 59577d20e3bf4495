package io.entrepot.server.audit.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HEAD = "{\"seq\":1,\"time\":\"2026-08-30T00:00:00.000001Z\",\"type\":";

    @Test
    void acceptsEveryRecordOfAFleet() throws IOException {
        JsonSchema schema = schema();
        for (byte[] record : ListedRecords.of(1, 3000, 2).all()) {
            assertThat(schema.validate(JSON.readTree(record)))
                    .as(new String(record))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"decision\",\"verdict\":\"maybe\",\"kind\":\"manifest\",\"method\":\"GET\",\"client\":\"10.0.0.1\"}",
                "\"decision\",\"verdict\":\"allow\",\"kind\":\"manifest\",\"method\":\"GET\"}",
                "\"decision\",\"verdict\":\"allow\",\"kind\":\"manifest\",\"method\":\"GET\",\"client\":\"\"}",
                "\"decision\",\"verdict\":\"allow\",\"kind\":\"manifest\",\"method\":\"GET\",\"client\":\"a\",\"tag\":null}",
                "\"transfer\",\"decision\":-1,\"kind\":\"blob\",\"digest\":\"sha256:aa\",\"client\":\"a\",\"bytes\":1,\"complete\":true,\"ms\":1}",
                "\"transfer\",\"decision\":1,\"kind\":\"blob\",\"digest\":\"sha256:aa\",\"client\":\"a\",\"bytes\":1,\"complete\":\"yes\",\"ms\":1}",
                "\"repeated\",\"source\":\"a\",\"count\":0,\"from\":\"2026-08-30T00:00:00.000001Z\",\"to\":\"2026-08-30T00:00:00.000001Z\"}",
                "\"gap\",\"from\":1}",
                "\"Start\"}"
            })
    void refusesWhatIsNoRecord(String rest) throws IOException {
        assertThat(schema().validate(JSON.readTree(HEAD + rest))).isNotEmpty();
    }

    @Test
    void acceptsTypesAndFieldsThatCameLater() throws IOException {
        for (String rest : List.of("\"new.type\",\"x\":1}", "\"image\",\"digest\":\"sha256:aa\",\"new\":[1]}")) {
            assertThat(schema().validate(JSON.readTree(HEAD + rest))).isEmpty();
        }
    }

    private static JsonSchema schema() throws IOException {
        try (InputStream in = Records.class.getResourceAsStream("/io/entrepot/server/audit/schema-1.json")) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(in);
        }
    }
}
