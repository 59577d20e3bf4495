package io.entrepot.server.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.util.ReferenceCountUtil;

/**
 * Bytes to one answer for one request. It is told what is awaited, so that no answer is ever taken for that of another
 * request (CVE-2026-42584: Netty's client codec keeps a queue of methods instead), and closes the connection on any byte
 * that comes while nothing is.
 */
final class ResponseDecoder extends HttpResponseDecoder {

    /** The largest piece of a body, and of what one read of the socket brings. */
    static final int LARGEST_PIECE = 256 * 1024;

    private boolean awaiting;
    private boolean headOnly;
    private boolean begun;

    ResponseDecoder() {
        super(config());
    }

    /** Line ends and transfer codings stay as strict as they are by default. */
    static HttpDecoderConfig config() {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(4 * 1024)
                .setMaxHeaderSize(16 * 1024)
                .setMaxChunkSize(LARGEST_PIECE);
    }

    /** A request goes out. */
    void await(HttpCall.Method method) {
        awaiting = true;
        begun = false;
        headOnly = method == HttpCall.Method.HEAD;
    }

    /** Whether a byte of the answer is here. */
    boolean hasBegun() {
        return begun;
    }

    /** The answer is whole. False if more bytes came than belong to it: the connection must not be used again. */
    boolean finish() {
        awaiting = false;
        return actualReadableBytes() == 0;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) throws Exception {
        if (!awaiting) {
            ReferenceCountUtil.release(bytes);
            ctx.close();
            return;
        }
        begun = true;
        super.channelRead(ctx, bytes);
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage answer) {
        return headOnly || super.isContentAlwaysEmpty(answer);
    }
}
