package io.entrepot.server.http;

import io.entrepot.config.Network;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy says before the first byte of its client (PROXY protocol, versions 1 and 2, haproxy.org proxy-protocol.txt).
 *
 * <pre>
 *   1:  PROXY TCP4 192.0.2.1 10.0.0.1 56324 443 CR LF            at most 107 bytes; TCP6, or UNKNOWN with anything behind it
 *
 *   2:  0D 0A 0D 0A 00 0D 0A 51 55 49 54 0A   signature
 *       21                                    version 2, PROXY; 20: LOCAL, the proxy speaks for itself
 *       11                                    TCP over IPv4; 21: over IPv6; 00: unknown; 31: a Unix socket
 *       00 0C                                 length of what follows, at most 536
 *       C0 00 02 01  0A 00 00 01  DC 04  01 BB    source, destination, their ports; what is behind them is skipped
 * </pre>
 *
 * @param length its bytes
 * @param source the client's address; null: the connection's own is meant
 */
record ProxyHeader(int length, @Nullable InetAddress source) {

    private static final byte[] TEXT = "PROXY ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BINARY = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
    private static final int MAX_TEXT = 107;
    private static final int BINARY_HEAD = 16;
    private static final int MAX_BINARY = 536;
    private static final int LOCAL = 0x20;
    private static final int PROXY = 0x21;
    private static final Pattern PORT = Pattern.compile("0|[1-9][0-9]{0,4}");

    /** No header is there: what came is the client's. */
    static final ProxyHeader NONE = new ProxyHeader(0, null);

    /**
     * Reads the header at the buffer's reader index, which stays; empty while more bytes could make one.
     *
     * @throws IllegalArgumentException if it begins as one and is none
     */
    static Optional<ProxyHeader> read(ByteBuf in) {
        if (begins(in, BINARY)) {
            return in.readableBytes() < BINARY_HEAD ? Optional.empty() : binary(in);
        }
        if (begins(in, TEXT)) {
            return in.readableBytes() < TEXT.length ? Optional.empty() : text(in);
        }
        return Optional.of(NONE);
    }

    /** Whether what is there so far may be these bytes. */
    private static boolean begins(ByteBuf in, byte[] bytes) {
        for (int i = 0; i < Math.min(bytes.length, in.readableBytes()); i++) {
            if (in.getByte(in.readerIndex() + i) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    private static Optional<ProxyHeader> binary(ByteBuf in) {
        int start = in.readerIndex();
        int command = in.getUnsignedByte(start + BINARY.length);
        int family = in.getUnsignedByte(start + BINARY.length + 1);
        int length = in.getUnsignedShort(start + BINARY.length + 2);
        require(command == LOCAL || command == PROXY, "command " + command, "0x20 or 0x21");
        require(length <= MAX_BINARY, "length " + length, "at most " + MAX_BINARY);
        if (in.readableBytes() < BINARY_HEAD + length) {
            return Optional.empty();
        }
        InetAddress source = command == LOCAL ? null : source(in, family, length);
        return Optional.of(new ProxyHeader(BINARY_HEAD + length, source));
    }

    private static @Nullable InetAddress source(ByteBuf in, int family, int length) {
        return switch (family) {
            case 0x00, 0x31 -> null;
            case 0x11 -> source(in, 4, 12, length);
            case 0x21 -> source(in, 16, 36, length);
            default -> throw new IllegalArgumentException("family " + family + " (expected: TCP over IPv4 or IPv6)");
        };
    }

    private static InetAddress source(ByteBuf in, int bytes, int least, int length) {
        require(length >= least, "length " + length, "at least " + least);
        try {
            return InetAddress.getByAddress(ByteBufUtil.getBytes(in, in.readerIndex() + BINARY_HEAD, bytes));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Optional<ProxyHeader> text(ByteBuf in) {
        int start = in.readerIndex();
        int lf = in.indexOf(start, start + Math.min(MAX_TEXT, in.readableBytes()), (byte) '\n');
        if (lf < 0) {
            require(in.readableBytes() < MAX_TEXT, "a first line without end", "at most " + MAX_TEXT + " bytes");
            return Optional.empty();
        }
        require(in.getByte(lf - 1) == '\r', "a line that ends without CR", "CRLF");
        String line = in.toString(start, lf - 1 - start, StandardCharsets.ISO_8859_1);
        return Optional.of(new ProxyHeader(lf + 1 - start, source(line)));
    }

    private static @Nullable InetAddress source(String line) {
        if (line.equals("PROXY UNKNOWN") || line.startsWith("PROXY UNKNOWN ")) {
            return null;
        }
        String[] words = line.split(" ", -1);
        require(words.length == 6, words.length + " words", "PROXY, TCP4 or TCP6, two addresses, two ports");
        require(isPort(words[4]) && isPort(words[5]), "ports " + words[4] + " " + words[5], "0 to 65535");
        boolean four = words[1].equals("TCP4");
        require(four || words[1].equals("TCP6"), words[1], "TCP4, TCP6 or UNKNOWN");
        address(words[3], four);
        return address(words[2], four);
    }

    private static InetAddress address(String text, boolean four) {
        require(text.indexOf(':') < 0 == four, text, four ? "an IPv4 address" : "an IPv6 address");
        return Network.address(text);
    }

    private static boolean isPort(String text) {
        return PORT.matcher(text).matches() && Integer.parseInt(text) <= 65_535;
    }

    private static void require(boolean right, String what, String expected) {
        if (!right) {
            throw new IllegalArgumentException(what + " (expected: " + expected + ")");
        }
    }
}
