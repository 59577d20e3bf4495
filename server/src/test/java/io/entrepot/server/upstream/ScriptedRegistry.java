package io.entrepot.server.upstream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** A server that answers exactly what a test says, for what no sound registry would say. */
final class ScriptedRegistry implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Request> seen = new CopyOnWriteArrayList<>();

    private ScriptedRegistry(Function<Request, Answer> script) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> serve(exchange, script));
        server.start();
    }

    /** Answers each request as the script says. */
    static ScriptedRegistry of(Function<Request, Answer> script) throws IOException {
        return new ScriptedRegistry(script);
    }

    /** Answers each request with the same. */
    static ScriptedRegistry always(Answer answer) throws IOException {
        return of(request -> answer);
    }

    /** A request as it came; header names in lower case. */
    record Request(String method, URI uri, Map<String, String> headers, String body) {

        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }

        boolean isFor(String pathPart) {
            return uri.getPath().contains(pathPart);
        }
    }

    /** What to answer; header lines as in {@code ETag: "1"}. */
    record Answer(int status, List<String> headers, byte[] body) {

        static Answer of(int status, String... headers) {
            return new Answer(status, List.of(headers), new byte[0]);
        }

        static Answer json(int status, String body, String... headers) {
            return of(status, headers).plus("Content-Type: application/json").with(body);
        }

        Answer with(String text) {
            return new Answer(status, headers, text.getBytes(StandardCharsets.UTF_8));
        }

        Answer plus(String header) {
            List<String> more = new ArrayList<>(headers);
            more.add(header);
            return new Answer(status, more, body);
        }
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    List<Request> seen() {
        return List.copyOf(seen);
    }

    long count(String pathPart) {
        return seen.stream().filter(request -> request.isFor(pathPart)).count();
    }

    private void serve(HttpExchange exchange, Function<Request, Answer> script) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Map<String, String> headers = new HashMap<>();
            exchange.getRequestHeaders()
                    .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(", ", values)));
            Request request = new Request(exchange.getRequestMethod(), exchange.getRequestURI(), headers, body);
            seen.add(request);
            send(exchange, script.apply(request));
        }
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        for (String line : answer.headers()) {
            int colon = line.indexOf(':');
            exchange.getResponseHeaders()
                    .add(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        boolean bodiless = exchange.getRequestMethod().equals("HEAD") || answer.body().length == 0;
        exchange.sendResponseHeaders(answer.status(), bodiless ? -1 : answer.body().length);
        if (!bodiless) {
            exchange.getResponseBody().write(answer.body());
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
