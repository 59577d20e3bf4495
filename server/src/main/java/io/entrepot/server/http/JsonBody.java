package io.entrepot.server.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.entrepot.server.pull.Token;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** The JSON that we write ourselves: errors and lists of tags, as the distribution spec has them. */
final class JsonBody {

    private static final JsonFactory JSON = new JsonFactory();

    private JsonBody() {}

    /** {@code {"errors":[{"code":"DENIED","message":"…"}]}}. */
    static byte[] error(String code, String message) {
        return write(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("errors");
            json.writeStartObject();
            json.writeStringField("code", code);
            json.writeStringField("message", message);
            json.writeEndObject();
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /** {@code {"name":"library/alpine","tags":["3.20"]}}. */
    static byte[] tags(String name, List<String> tags) {
        return write(json -> {
            json.writeStartObject();
            json.writeStringField("name", name);
            json.writeArrayFieldStart("tags");
            for (String tag : tags) {
                json.writeString(tag);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /** {@code {"token":"…","access_token":"…","expires_in":300,"issued_at":"…"}}, the token twice as two specs want it. */
    static byte[] token(Token token, Instant now) {
        return write(json -> {
            json.writeStartObject();
            json.writeStringField("token", token.value());
            json.writeStringField("access_token", token.value());
            json.writeNumberField("expires_in", token.lifetime().toSeconds());
            json.writeStringField(
                    "issued_at", now.truncatedTo(ChronoUnit.SECONDS).toString());
            json.writeEndObject();
        });
    }

    private static byte[] write(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            writing.to(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private interface Writing {
        void to(JsonGenerator json) throws IOException;
    }
}
