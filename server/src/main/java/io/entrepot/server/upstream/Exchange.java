package io.entrepot.server.upstream;

import io.entrepot.server.net.HttpCall;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.HttpReply;
import io.entrepot.server.net.NetException;
import io.entrepot.server.upstream.UpstreamEvents.Asked;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Sends one request to one upstream, tells how it ended, and lets no web page and no coded body pass for an answer. */
final class Exchange {

    private static final String USER_AGENT =
            "entrepot/" + Objects.requireNonNullElse(Exchange.class.getPackage().getImplementationVersion(), "dev");

    private final String upstream;
    private final HttpClient client;
    private final UpstreamEvents events;
    private final Meter meter;

    Exchange(String upstream, HttpClient client, UpstreamEvents events, Meter meter) {
        this.upstream = upstream;
        this.client = client;
        this.events = events;
        this.meter = meter;
    }

    /** The same, for requests that another meter counts. */
    Exchange by(Meter other) {
        return new Exchange(upstream, client, events, other);
    }

    /** Sends; {@code check} looks at the head of a 2xx and throws {@link WrongAnswer} if it cannot be right. */
    CompletableFuture<Heard> send(Endpoint endpoint, HttpCall call, Consumer<HttpReply> check) {
        return meter.turn(endpoint).thenCompose(number -> sendNow(endpoint, call, check, number));
    }

    private CompletableFuture<Heard> sendNow(Endpoint endpoint, HttpCall call, Consumer<HttpReply> check, long number) {
        long began = System.nanoTime();
        return sent(call)
                .whenComplete((reply, failure) -> meter.left())
                .thenApply(reply -> sound(reply, check))
                .whenComplete((reply, failure) -> tell(endpoint, result(reply, failure), System.nanoTime() - began))
                .thenCompose(reply -> heard(call.uri(), reply))
                .thenApply(heard -> metered(endpoint, heard, number));
    }

    /** What cannot be sent at all gives its turn back as well. */
    private CompletableFuture<HttpReply> sent(HttpCall call) {
        try {
            return client.send(dressed(call));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Tells of a request that was not sent, since it must not be. */
    void withheld(Endpoint endpoint, String result) {
        tell(endpoint, result, 0);
    }

    private static HttpCall dressed(HttpCall call) {
        Map<String, String> headers = new HashMap<>(call.headers());
        headers.put("User-Agent", USER_AGENT);
        headers.put("Accept-Encoding", "identity");
        return new HttpCall(call.method(), call.uri(), headers, call.body());
    }

    private static HttpReply sound(HttpReply reply, Consumer<HttpReply> check) {
        if (reply.status() >= 300) {
            return reply;
        }
        try {
            requireNoWebPage(reply);
            requireNoCoding(reply);
            check.accept(reply);
            return reply;
        } catch (WrongAnswer e) {
            reply.close();
            throw e;
        }
    }

    private static void requireNoWebPage(HttpReply reply) {
        String type = reply.header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
        if (type.startsWith("text/html") || type.startsWith("application/xhtml")) {
            throw new WrongAnswer(
                    "answered with a web page (text/html): is " + reply.uri().getHost() + " a registry?");
        }
    }

    private static void requireNoCoding(HttpReply reply) {
        String coding = String.join(", ", reply.headers("Content-Encoding")).strip();
        if (!coding.isEmpty() && !coding.equalsIgnoreCase("identity")) {
            throw new WrongAnswer(
                    "answered with content coding " + ErrorMessage.printable(coding) + " (expected: identity)");
        }
    }

    private CompletableFuture<Heard> heard(URI asked, HttpReply reply) {
        boolean elsewhere = !sameOrigin(asked, reply.uri());
        if (!elsewhere) {
            reply.header("Date").flatMap(Exchange::date).ifPresent(events::dated);
        }
        if (reply.status() < 300) {
            return CompletableFuture.completedFuture(new Heard(reply, elsewhere, ""));
        }
        return ErrorMessage.read(reply).thenApply(message -> new Heard(reply, elsewhere, elsewhere ? "" : message));
    }

    private Heard metered(Endpoint endpoint, Heard heard, long number) {
        if (!heard.elsewhere()) {
            meter.heard(endpoint, heard, number);
        }
        return heard;
    }

    /** The value of a {@code Date} header; empty if it is none. */
    static Optional<Instant> date(String header) {
        try {
            return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(header, Instant::from));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    static boolean sameOrigin(URI one, URI other) {
        return one.getScheme().equalsIgnoreCase(other.getScheme())
                && one.getHost().equalsIgnoreCase(other.getHost())
                && port(one) == port(other);
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equalsIgnoreCase("http") ? 80 : 443;
    }

    private static String result(@Nullable HttpReply reply, @Nullable Throwable failure) {
        if (reply != null) {
            return Integer.toString(reply.status());
        }
        Throwable cause = failure == null ? null : Failures.cause(failure);
        if (cause instanceof NetException net) {
            return net.kind().name();
        }
        return cause instanceof WrongAnswer ? UpstreamException.Kind.INVALID.name() : "ERROR";
    }

    private void tell(Endpoint endpoint, String result, long nanos) {
        events.asked(new Asked(upstream, endpoint, result, nanos));
    }
}
