package io.entrepot.loadtest;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The server's side of one connection: reads requests, and ends in every way that a connection can end. */
final class Connection {

    private final Socket raw;
    private final InputStream in;
    private final OutputStream out;

    /** Serves a socket; {@code wrapped} is the socket itself, or TLS over it. */
    Connection(Socket raw, Socket wrapped) throws IOException {
        this.raw = raw;
        this.in = new BufferedInputStream(wrapped.getInputStream());
        this.out = wrapped.getOutputStream();
    }

    OutputStream out() {
        return out;
    }

    /** The next request, or nothing if the client has closed. */
    Optional<Request> read() throws IOException {
        String first = line();
        if (first.isEmpty()) {
            return Optional.empty();
        }
        String[] parts = first.split(" ", 3);
        List<String> lines = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            lines.add(line);
        }
        Headers headers = Headers.of(lines.toArray(String[]::new));
        int length = headers.first("Content-Length").map(Integer::parseInt).orElse(0);
        byte[] body = in.readNBytes(length);
        int mark = parts[1].indexOf('?');
        String path = mark < 0 ? parts[1] : parts[1].substring(0, mark);
        String query = mark < 0 ? "" : parts[1].substring(mark + 1);
        return Optional.of(new Request(parts[0], path, query, parts[2], headers, body));
    }

    /** Ends with FIN, below TLS if there is TLS. */
    void cut() throws IOException {
        out.flush();
        raw.shutdownOutput();
        raw.close();
    }

    /** Ends with RST. */
    void reset() throws IOException {
        raw.setSoLinger(true, 0);
        raw.close();
    }

    /** Says nothing more until the client leaves. */
    void stall() throws IOException {
        out.flush();
        while (in.read() >= 0) {
            // whatever it says
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(80);
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            bytes.write(next);
        }
        return bytes.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }
}
