package io.entrepot.server.cli;

import io.entrepot.server.inspect.Json;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Asks a running mirror through its admin socket; one request for each connection. */
final class AdminSocket implements AutoCloseable {

    /** Where the status stands in {@code HTTP/1.1 200 OK}. */
    private static final int STATUS = "HTTP/1.1 ".length();

    private final SocketChannel channel;
    private final InputStream in;

    private AdminSocket(SocketChannel channel) {
        this.channel = channel;
        this.in = new BufferedInputStream(Channels.newInputStream(channel));
    }

    /** A connection, or empty if no mirror runs behind this socket. */
    static Optional<AdminSocket> open(Path socket) {
        if (!Files.exists(socket)) {
            return Optional.empty();
        }
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(socket));
            return Optional.of(new AdminSocket(channel));
        } catch (java.net.ConnectException e) {
            return Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            throw CommandException.failed("the admin socket " + socket + " cannot be opened: " + e.getMessage());
        }
    }

    /** Sends a request and reads the head of the answer. */
    Answer send(String method, String target) {
        try {
            String request = method + " " + target
                    + " HTTP/1.1\r\nHost: admin\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
            ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            return head();
        } catch (IOException e) {
            throw gone(e);
        }
    }

    private Answer head() throws IOException {
        int status = Integer.parseInt(line(in).substring(STATUS, STATUS + 3));
        boolean chunked = false;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            chunked |= header.toLowerCase(Locale.ROOT).equals("transfer-encoding: chunked");
        }
        InputStream body = chunked ? new Chunks(in) : in;
        return new Answer(status, new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8)));
    }

    static CommandException gone(IOException e) {
        return CommandException.failed("the mirror went away in the middle of its answer: " + e.getMessage());
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the answer ends early");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing is lost: the answer was read.
        }
    }

    /** The status and the body of an answer. */
    record Answer(int status, BufferedReader body) {

        /** The whole body of a good answer. @throws CommandException with the words of a bad one */
        String orFail() {
            String text = text();
            if (status >= 400) {
                throw refused(text);
            }
            return text;
        }

        private CommandException refused(String text) {
            try {
                String message = Json.parse(text).path("error").asText(text);
                return status == 400 ? CommandException.usage(message) : CommandException.failed(message);
            } catch (IllegalArgumentException e) {
                return CommandException.failed("the mirror answered " + status);
            }
        }

        private String text() {
            try {
                StringBuilder all = new StringBuilder();
                for (String line = body.readLine(); line != null; line = body.readLine()) {
                    all.append(line).append('\n');
                }
                return all.toString();
            } catch (IOException e) {
                throw gone(e);
            }
        }
    }

    /** A body in chunks (RFC 9112, 7.1). It ends with its last chunk; without that, it is broken. */
    private static final class Chunks extends InputStream {

        private final InputStream in;
        private long left;
        private boolean first = true;
        private boolean ended;

        Chunks(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0 && !ended) {
                nextChunk();
            }
            if (ended) {
                return -1;
            }
            int read = in.read(bytes, offset, (int) Math.min(length, left));
            if (read < 0) {
                throw new EOFException("the answer ends early");
            }
            left -= read;
            return read;
        }

        private void nextChunk() throws IOException {
            if (!first) {
                line(in);
            }
            first = false;
            left = Long.parseLong(line(in), 16);
            ended = left == 0;
        }
    }
}
