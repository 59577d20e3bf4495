package io.entrepot.server.net;

import io.entrepot.config.HttpProxy;
import io.entrepot.server.net.NetException.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks a proxy for a connection to an origin (RFC 9110, 9.3.6), on an open connection to the proxy:
 *
 * <pre>
 *   CONNECT registry-1.docker.io:443 HTTP/1.1        HTTP/1.1 200 Connection established
 *   Host: registry-1.docker.io:443
 *   Proxy-Authorization: Basic …
 * </pre>
 *
 * <p>What follows the head of a 200 is the origin's. No origin of ours speaks first, so a byte there is somebody else's, and
 * the connection is not used. On the channel's event loop only.
 */
final class Tunnel extends ChannelInboundHandlerAdapter {

    private static final int LARGEST_HEAD = 16 * 1024;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})(?: [^\\r\\n]*)?\\r?\\n");

    private final HttpProxy proxy;
    private final Origin origin;
    private final Race.Finish finish;
    private final StringBuilder head = new StringBuilder();
    private boolean over;

    private Tunnel(HttpProxy proxy, Origin origin, Race.Finish finish) {
        this.proxy = proxy;
        this.origin = origin;
        this.finish = finish;
    }

    /** Begins to ask; the finish has the same channel when it leads to the origin. */
    static void through(Channel channel, HttpProxy proxy, Origin origin, Race.Finish finish) {
        Tunnel tunnel = new Tunnel(proxy, origin, finish);
        channel.pipeline().addLast(tunnel);
        channel.writeAndFlush(
                        channel.alloc().buffer().writeBytes(tunnel.request().getBytes(StandardCharsets.ISO_8859_1)))
                .addListener(sent -> {
                    if (!sent.isSuccess()) {
                        tunnel.fail("closed the connection");
                    }
                });
        channel.read();
    }

    private String request() {
        String to = origin.host() + ":" + origin.port();
        String login = proxy.login()
                .map(basic -> basic.username() + ":" + basic.password().reveal())
                .map(text -> "Proxy-Authorization: Basic "
                        + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)) + "\r\n")
                .orElse("");
        return "CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\n" + login + "\r\n";
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            take(ctx, bytes);
        } finally {
            bytes.release();
        }
    }

    private void take(ChannelHandlerContext ctx, ByteBuf bytes) {
        if (over) {
            return;
        }
        if (head.length() + bytes.readableBytes() > LARGEST_HEAD) {
            fail("sent a head that is too large");
            return;
        }
        head.append(new String(ByteBufUtil.getBytes(bytes), StandardCharsets.ISO_8859_1));
        int end = endOfHead();
        if (end < 0) {
            ctx.read();
        } else {
            answered(ctx, end);
        }
    }

    private int endOfHead() {
        int end = head.indexOf("\r\n\r\n");
        return end < 0 ? -1 : end + 4;
    }

    private void answered(ChannelHandlerContext ctx, int end) {
        Matcher status = STATUS.matcher(head);
        if (!status.lookingAt()) {
            fail("sent an answer that is not HTTP/1.1");
        } else if (!status.group(1).startsWith("2")) {
            fail(refusal(status.group(1)));
        } else if (end < head.length()) {
            fail("sent more than its answer");
        } else {
            over = true;
            ctx.pipeline().remove(this);
            finish.won(ctx.channel());
        }
    }

    private String refusal(String status) {
        String login = proxy.login().isPresent() ? "our login does not suffice" : "it wants a login";
        return "does not connect to " + origin.authority() + ": " + status
                + (status.equals("407") ? " (" + login + ")" : "");
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fail("closed the connection");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail("closed the connection");
    }

    private void fail(String what) {
        if (!over) {
            over = true;
            finish.lost(
                    new NetException(Kind.UNREACHABLE, "the proxy " + proxy.host() + ":" + proxy.port() + " " + what));
        }
    }
}
