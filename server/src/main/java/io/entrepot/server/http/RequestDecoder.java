package io.entrepot.server.http;

import io.entrepot.config.MirrorConfig.Limits;
import io.entrepot.oci.RegistryException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of a connection into request heads. A mirror takes no request bodies but the form that asks for a token.
 *
 * <p>Our own because Netty's decoder joins folded lines and skips what lies between words; here whatever two parsers
 * could read in two ways is refused, and what comes after it is never read.
 */
final class RequestDecoder extends ByteToMessageDecoder {

    private final Limits limits;
    private int scanned;
    private int lineStart;
    private boolean broken;
    private @Nullable RequestHead posting;

    RequestDecoder(Limits limits) {
        this.limits = limits;
    }

    /** Whether a request has begun to come and is not whole yet. */
    boolean inRequest() {
        return !broken && (posting != null || actualReadableBytes() > 0);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (broken) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (posting != null) {
            form(posting, in, out);
            return;
        }
        try {
            int length = headLength(in);
            if (length > 0) {
                String head = in.toString(in.readerIndex(), length - 2, StandardCharsets.ISO_8859_1);
                in.skipBytes(length);
                scanned = 0;
                lineStart = 0;
                received(RequestHead.parse(head, limits.headerFields()), out);
            }
        } catch (RegistryException e) {
            broken = true;
            in.skipBytes(in.readableBytes());
            out.add(new Received.Broken(e));
        }
    }

    private void received(RequestHead head, List<Object> out) {
        if (TokenForm.length(head) > 0) {
            posting = head;
        } else {
            out.add(head);
        }
    }

    /** What the head announced, once it is there; what is behind it is the next request. */
    private void form(RequestHead head, ByteBuf in, List<Object> out) {
        int length = TokenForm.length(head);
        if (in.readableBytes() >= length) {
            out.add(new Received.Form(head, in.toString(in.readerIndex(), length, StandardCharsets.ISO_8859_1)));
            in.skipBytes(length);
            posting = null;
        }
    }

    /** A client that left in the middle of a request gets no answer to it. */
    @Override
    protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        in.skipBytes(in.readableBytes());
    }

    /** The length of the head, its empty line included, or 0 if it is not whole yet. */
    private int headLength(ByteBuf in) {
        int start = in.readerIndex();
        if (!RequestHead.isTokenChar((char) in.getUnsignedByte(start))) {
            throw new RegistryException.BadRequest(400, "not an HTTP request (expected: a method first)");
        }
        for (int lf = nextLf(in); lf >= 0; lf = nextLf(in)) {
            int lineEnd = lf - 1 - start;
            if (lineEnd < lineStart || in.getByte(lf - 1) != '\r') {
                throw new RegistryException.BadRequest(400, "a line ends without CR (expected: CRLF)");
            }
            requireLength(lineEnd);
            if (lineEnd == lineStart && lineStart > 0) {
                return lineEnd + 2;
            }
            lineStart = lineEnd + 2;
        }
        requireLength(in.readableBytes());
        return 0;
    }

    private int nextLf(ByteBuf in) {
        int lf = in.indexOf(in.readerIndex() + scanned, in.writerIndex(), (byte) '\n');
        scanned = lf < 0 ? in.readableBytes() : lf + 1 - in.readerIndex();
        return lf;
    }

    private void requireLength(int end) {
        if (lineStart == 0 && end > limits.requestLine()) {
            throw new RegistryException.BadRequest(
                    414, "the request line is too long (expected: at most " + limits.requestLine() + " bytes)");
        }
        if (end > limits.headerSize()) {
            throw new RegistryException.BadRequest(
                    431, "the request's headers are too long (expected: at most " + limits.headerSize() + " bytes)");
        }
    }
}
