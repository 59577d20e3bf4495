package io.entrepot.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes what a trusted proxy says about its client off the connection, before TLS; then it is gone. A connection that
 * begins otherwise goes on as it is; one that begins as a header and is none ends.
 */
final class ProxyDecoder extends ByteToMessageDecoder {

    /** The event that says that a header was read, or that there is none. */
    static final Object DONE = new Object();

    private final Told told;
    private boolean done;

    /** Told once, before anything of the client is. */
    interface Told {

        /** The client's address, or null if nothing is said of it. False: go no further. */
        boolean source(@Nullable InetAddress source);

        /** What came is wrong. */
        void malformed(String why);
    }

    ProxyDecoder(Told told) {
        this.told = told;
    }

    /** Whether a header has begun to come and is not whole yet. */
    boolean inHeader() {
        return !done && actualReadableBytes() > 0;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        try {
            Optional<ProxyHeader> header = ProxyHeader.read(in);
            if (header.isEmpty()) {
                return;
            }
            in.skipBytes(header.get().length());
            if (!told.source(header.get().source())) {
                end(ctx, in);
                return;
            }
            done = true;
            ctx.fireUserEventTriggered(DONE);
            ctx.pipeline().remove(this);
        } catch (IllegalArgumentException e) {
            told.malformed(String.valueOf(e.getMessage()));
            end(ctx, in);
        }
    }

    private static void end(ChannelHandlerContext ctx, ByteBuf in) {
        in.skipBytes(in.readableBytes());
        ctx.close();
    }

    /** What was no whole header when the connection ended is nothing. */
    @Override
    protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        in.skipBytes(in.readableBytes());
    }
}
