package io.entrepot.server.upstream;

import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.server.net.HttpReply;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Values in the head of an answer; what cannot be read counts as not said. */
final class Heads {

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    private Heads() {}

    static Optional<Digest> digest(HttpReply reply) {
        return value(reply, "Docker-Content-Digest", Digest::parse);
    }

    static Optional<MediaType> mediaType(HttpReply reply) {
        return value(reply, "Content-Type", MediaType::parse);
    }

    static OptionalLong length(HttpReply reply) {
        String text = reply.header("Content-Length").orElse("").strip();
        return NUMBER.matcher(text).matches() ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    static Optional<ContentRange> range(HttpReply reply) {
        return reply.header("Content-Range").flatMap(ContentRange::parse);
    }

    private static <T> Optional<T> value(HttpReply reply, String name, Function<String, T> parse) {
        try {
            return reply.header(name).map(String::strip).map(parse);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
