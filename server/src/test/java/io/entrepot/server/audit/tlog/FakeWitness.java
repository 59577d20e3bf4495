package io.entrepot.server.audit.tlog;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** A witness as C2SP tlog-witness has it, for one log: checks what it is to check, in the order in which it is to. */
final class FakeWitness implements AutoCloseable {

    final NoteKey key = NoteKey.generate("witness.example/w1", VerifierKey.WITNESS);
    final List<Integer> answers = Collections.synchronizedList(new ArrayList<>());
    private final HttpServer server;
    private final List<VerifierKey> trusted;
    private Checkpoint latest = Checkpoint.of(LogUnderTest.ORIGIN, 0, Hash.EMPTY);
    private volatile boolean forges;

    FakeWitness(List<VerifierKey> trusted) throws IOException {
        this.trusted = trusted;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.createContext("/w/add-checkpoint", this::answer);
        server.start();
    }

    URI prefix() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/w/");
    }

    /** From now on it answers with signatures that are not its own. */
    void forge() {
        forges = true;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        StringBuilder body = new StringBuilder();
        int status = status(exchange.getRequestMethod(), request, body);
        answers.add(status);
        byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private synchronized int status(String method, String request, StringBuilder body) {
        int split = request.indexOf("\n\n");
        List<String> lines = Arrays.asList(request.substring(0, split).split("\n", -1));
        SignedCheckpoint checkpoint =
                SignedCheckpoint.parse(request.substring(split + 2).getBytes(StandardCharsets.UTF_8));
        long old = Bytes.decimal(lines.get(0).substring("old ".length()));
        List<Hash> proof =
                lines.subList(1, lines.size()).stream().map(Hash::parse).toList();
        Checkpoint head = checkpoint.head();
        if (!method.equals("POST") || old > head.size()) {
            return 400;
        }
        if (!head.origin().equals(LogUnderTest.ORIGIN)) {
            return 404;
        }
        if (!isTrusted(checkpoint)) {
            return 403;
        }
        if (old != latest.size()) {
            body.append(latest.size()).append('\n');
            return 409;
        }
        if (!Proofs.extendsTo(old, latest.root(), head.size(), head.root(), proof)) {
            return 422;
        }
        latest = head;
        NoteKey by = forges ? NoteKey.generate(key.verifier().name(), VerifierKey.WITNESS) : key;
        body.append(by.cosign(checkpoint.note().text(), 1_795_744_800)).append('\n');
        return 200;
    }

    private boolean isTrusted(SignedCheckpoint checkpoint) {
        try {
            return !checkpoint.note().verify(trusted).isEmpty();
        } catch (BadSignature e) {
            return false;
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
