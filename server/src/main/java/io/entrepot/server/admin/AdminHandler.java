package io.entrepot.server.admin;

import io.entrepot.server.admin.AdminApi.Call;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.IdleStateEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** One connection to the admin port: reads whole requests, writes answers, one at a time. */
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

    private final AdminApi api;
    private final boolean local;
    private boolean answering;

    AdminHandler(AdminApi api, boolean local) {
        this.api = api;
        this.local = local;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (request.decoderResult().isFailure() || answering) {
            ctx.close();
            return;
        }
        answering = true;
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        boolean head = request.method().equals(HttpMethod.HEAD);
        String authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION, "");
        api.answer(new Call(request.method().name(), request.uri(), authorization, local))
                .whenComplete((reply, error) -> ctx.executor().execute(() -> {
                    if (error != null) {
                        ctx.close();
                    } else {
                        write(ctx, reply, keepAlive, head);
                    }
                }));
    }

    private void write(ChannelHandlerContext ctx, Reply reply, boolean keepAlive, boolean head) {
        if (reply instanceof Reply.Whole whole) {
            whole(ctx, whole, keepAlive, head);
        } else if (reply instanceof Reply.Streamed streamed) {
            stream(ctx, streamed.lines());
        }
    }

    private void whole(ChannelHandlerContext ctx, Reply.Whole reply, boolean keepAlive, boolean head) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(reply.status()),
                head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(reply.body()));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, reply.contentType());
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, reply.body().length);
        response.headers().set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
        reply.headers().forEach(response.headers()::set);
        HttpUtil.setKeepAlive(response, keepAlive);
        answering = false;
        var written = ctx.writeAndFlush(response);
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private static void stream(ChannelHandlerContext ctx, Lines lines) {
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/x-ndjson");
        response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        ctx.channel().closeFuture().addListener(closed -> lines.close());
        ctx.writeAndFlush(response);
        pump(ctx, lines);
    }

    /** The next lines are made when the last ones are written. An error closes the connection short of the last chunk. */
    private static void pump(ChannelHandlerContext ctx, Lines lines) {
        lines.next()
                .whenComplete((next, error) -> ctx.executor().execute(() -> {
                    if (error != null) {
                        ctx.close();
                    } else if (next.isEmpty()) {
                        ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(ChannelFutureListener.CLOSE);
                    } else {
                        writeLines(ctx, lines, next);
                    }
                }));
    }

    private static void writeLines(ChannelHandlerContext ctx, Lines lines, List<String> next) {
        byte[] bytes = (String.join("\n", next) + "\n").getBytes(StandardCharsets.UTF_8);
        ctx.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes))).addListener(written -> {
            if (written.isSuccess()) {
                pump(ctx, lines);
            }
        });
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent && !answering) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
