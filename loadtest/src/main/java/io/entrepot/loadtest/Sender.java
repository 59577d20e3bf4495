package io.entrepot.loadtest;

import io.entrepot.loadtest.Delivery.Ending;
import io.entrepot.loadtest.Delivery.Framing;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Writes one reply to a connection as its delivery says, and tells whether the connection goes on. */
final class Sender {

    private static final byte[] CRLF = bytes("\r\n");

    private final Connection connection;
    private final Exchange exchange;
    private final Pacer shared;
    private final Runnable refuse;

    Sender(Connection connection, Exchange exchange, Pacer shared, Runnable refuse) {
        this.connection = connection;
        this.exchange = exchange;
        this.shared = shared;
        this.refuse = refuse;
    }

    /** Sends it, and returns true if another request may follow. */
    boolean send(Request request, Reply reply, List<Gate> gates) throws IOException, InterruptedException {
        Delivery delivery = reply.delivery();
        OutputStream out = connection.out();
        for (String before : delivery.before()) {
            out.write(bytes(before));
        }
        if (delivery.endAt() < 0) {
            return end(delivery.ending());
        }
        exchange.answered(reply.status());
        boolean keep = request.keepAlive() && delivery.framing() != Framing.CLOSE;
        writeHead(request, reply, keep);
        boolean withBody = !request.isHead() && reply.status() != 304;
        if (withBody && !writeBody(reply, gates)) {
            return end(delivery.ending());
        }
        exchange.completed();
        boolean endsHere = delivery.endAt() == Delivery.AFTER_BODY
                || (withBody && delivery.endAt() == reply.body().size());
        boolean ends = endsHere && delivery.ending() != Ending.NONE;
        return ends ? end(delivery.ending()) : keep;
    }

    private void writeHead(Request request, Reply reply, boolean keep) throws IOException, InterruptedException {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + reply.status() + " " + reply.reason() + "\r\n");
        reply.headers().lines().forEach(line -> field(head, line.name(), line.value()));
        if (!reply.headers().has("Date")) {
            field(head, "Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)));
        }
        switch (reply.delivery().framing()) {
            case LENGTH ->
                field(
                        head,
                        "Content-Length",
                        "" + (reply.body().size() + reply.delivery().lengthLie()));
            case CHUNKED -> field(head, "Transfer-Encoding", "chunked");
            case CLOSE -> field(head, "Connection", "close");
        }
        if (!keep
                && reply.delivery().framing() != Framing.CLOSE
                && !request.version().equals("HTTP/1.0")) {
            field(head, "Connection", "close");
        }
        byte[] bytes = bytes(head.append("\r\n").toString());
        if (reply.delivery().drip().isZero()) {
            connection.out().write(bytes);
        } else {
            drip(bytes, reply.delivery().drip().toMillis());
        }
    }

    private void drip(byte[] head, long millis) throws IOException, InterruptedException {
        for (byte next : head) {
            connection.out().write(next);
            connection.out().flush();
            TimeUnit.MILLISECONDS.sleep(millis);
        }
    }

    /** Writes the body, and returns false if the delivery ends within it. */
    private boolean writeBody(Reply reply, List<Gate> gates) throws IOException, InterruptedException {
        Delivery delivery = reply.delivery();
        Content body = reply.body();
        Pacer own = new Pacer(delivery.bytesPerSecond());
        byte[] buffer = new byte[Math.min(own.step(), shared.step())];
        List<Gate> ahead =
                gates.stream().sorted(Comparator.comparingLong(Gate::at)).toList();
        long end = Math.min(body.size(), delivery.endAt());
        long at = 0;
        for (Gate gate : ahead) {
            at = writeUntil(Math.min(end, gate.at()), at, body, buffer, delivery, own);
            if (at == gate.at() || at == body.size()) {
                connection.out().flush();
                gate.pass();
            }
        }
        at = writeUntil(end, at, body, buffer, delivery, own);
        boolean whole = at == body.size();
        if (whole && delivery.framing() == Framing.CHUNKED && delivery.endAt() > at) {
            connection.out().write(bytes("0\r\n\r\n"));
        }
        return whole;
    }

    private long writeUntil(long end, long start, Content body, byte[] buffer, Delivery delivery, Pacer own)
            throws IOException, InterruptedException {
        long at = start;
        while (at < end) {
            int length = (int) Math.min(buffer.length, end - at);
            body.read(at, buffer, 0, length);
            exchange.sent(at + length); // before the client can see them, so that the count never lags behind it
            writeChunk(buffer, length, delivery.framing() == Framing.CHUNKED);
            at += length;
            own.take(length);
            shared.take(length);
        }
        return at;
    }

    private void writeChunk(byte[] buffer, int length, boolean chunked) throws IOException {
        OutputStream out = connection.out();
        if (chunked) {
            out.write(bytes(Integer.toHexString(length) + "\r\n"));
        }
        out.write(buffer, 0, length);
        if (chunked) {
            out.write(CRLF);
        }
    }

    private boolean end(Ending ending) throws IOException {
        switch (ending) {
            case NONE -> throw new IllegalStateException("a delivery that ends, but not how");
            case CLOSE -> connection.cut();
            case RESET -> connection.reset();
            case STALL -> connection.stall();
            case REFUSE -> refuse.run();
        }
        return false;
    }

    private static void field(StringBuilder head, String name, String value) {
        head.append(name).append(": ").append(value).append("\r\n");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
