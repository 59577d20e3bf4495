package io.entrepot.loadtest;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A client's connection, kept between requests; reads at the pace of its user, and can end by RST. */
public final class RawConnection implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 60_000;

    private final Socket raw;
    private final Socket socket;
    private final InputStream in;
    private final String host;
    private final List<Integer> interim = new ArrayList<>();

    private RawConnection(Socket raw, Socket socket, String host) throws IOException {
        this.raw = raw;
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
        this.host = host;
    }

    /** Connects over plain TCP to the host and port of this address. */
    public static RawConnection open(URI uri) throws IOException {
        return connect(uri, new Socket());
    }

    /** Connects with a receive buffer of this size, so that a slow reader is felt by the server soon. */
    public static RawConnection open(URI uri, int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(receiveBuffer);
        return connect(uri, socket);
    }

    /** Connects over TLS as this context has it. */
    public static RawConnection open(URI uri, SSLContext tls) throws IOException {
        Socket raw = connect(uri, new Socket()).raw;
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(raw, uri.getHost(), uri.getPort(), true);
        socket.startHandshake();
        return new RawConnection(raw, socket, uri.getAuthority());
    }

    private static RawConnection connect(URI uri, Socket socket) throws IOException {
        socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), TIMEOUT_MILLIS);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        return new RawConnection(socket, socket, uri.getAuthority());
    }

    /** Sends a request without a body and reads the head of its answer. */
    public RawAnswer request(String method, String target, String... headers) throws IOException {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
        if (!Headers.of(headers).has("Host")) {
            head.append("Host: ").append(host).append("\r\n");
        }
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        write(head.append("\r\n").toString());
        return answer(method);
    }

    /** Sends these characters, one byte each. */
    public void write(String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Reads the head of the next final answer, as one to this method; interim ones (1xx) are noted and skipped. */
    public RawAnswer answer(String method) throws IOException {
        RawAnswer answer = head(method);
        while (answer.status() < 200) {
            interim.add(answer.status());
            answer = head(method);
        }
        return answer;
    }

    /** The statuses of the interim answers so far. */
    public List<Integer> interimAnswers() {
        return List.copyOf(interim);
    }

    private RawAnswer head(String method) throws IOException {
        String status = line();
        if (!status.startsWith("HTTP/1.")) {
            throw new IOException("status line: " + status + " (expected: HTTP/1.x)");
        }
        List<String> lines = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            lines.add(line);
        }
        return RawAnswer.of(method, status, Headers.of(lines.toArray(String[]::new)), in);
    }

    /** True once the server has closed; bytes that nobody asked for are an error. */
    public boolean closedByServer() throws IOException {
        int next = in.read();
        if (next >= 0) {
            throw new IOException("byte: " + next + " (expected: nothing more)");
        }
        return true;
    }

    /** Ends the client's side with FIN; answers can still be read. */
    public void finish() throws IOException {
        socket.shutdownOutput();
    }

    /** Ends with RST. */
    public void reset() throws IOException {
        raw.setSoLinger(true, 0);
        raw.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("head ends after: " + line + " (expected: a whole head)");
            }
            line.append((char) next);
        }
        int end = line.length();
        return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
    }
}
