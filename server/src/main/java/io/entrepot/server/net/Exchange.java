package io.entrepot.server.net;

import io.entrepot.server.net.NetException.Kind;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer on a connection; on the connection's event loop only.
 *
 * <pre>
 *   AWAITING ──100──▶ AWAITING ──head──▶ FLOWING ──last byte──▶ DONE
 *       └──deadline, cut, cancelled, not HTTP──┴──▶ FAILED
 * </pre>
 */
final class Exchange implements Reply.Flow {

    /** What the next bytes mean for the connection. */
    enum Progress {
        MORE,
        WHOLE,
        REFUSED
    }

    private final HttpCall call;
    private final Origin origin;
    private final ClientConnection connection;
    private final CompletableFuture<HttpReply> answer;
    private @Nullable Reply reply;
    private boolean told;
    private boolean interim;
    private boolean keepAlive;

    Exchange(Outgoing request, ClientConnection connection, CompletableFuture<HttpReply> answer) {
        this.call = request.call();
        this.origin = request.origin();
        this.connection = connection;
        this.answer = answer;
    }

    /** Whether nobody can be told of the answer any more. */
    boolean isGivenUp() {
        return reply == null && answer.isDone();
    }

    boolean awaitsHead() {
        return reply == null;
    }

    /** Whether the peer means to keep the connection open. */
    boolean keepsAlive() {
        return keepAlive;
    }

    /** Takes a part of the answer over. After {@link Progress#REFUSED} it has failed. */
    Progress take(HttpObject part) {
        if (part.decoderResult().isFailure()) {
            ReferenceCountUtil.release(part);
            return undecoded(part.decoderResult().cause());
        }
        if (part instanceof HttpResponse response) {
            return head(response);
        }
        return part instanceof HttpContent content ? content(content) : Progress.MORE;
    }

    private Progress undecoded(Throwable cause) {
        if (cause instanceof PrematureChannelClosureException) {
            fail(Failure.cut(origin));
            return Progress.REFUSED;
        }
        return refuse(
                cause instanceof TooLongHttpLineException || cause instanceof TooLongHttpHeaderException
                        ? "a head that is too large (expected: at most 16 KiB)"
                        : "an answer that is not HTTP/1.1");
    }

    private Progress head(HttpResponse response) {
        int status = response.status().code();
        if (!isHttp1(response.protocolVersion())) {
            return refuse("an answer that is not HTTP/1.1");
        }
        if (!isPlainOrChunked(response)) {
            return refuse("a transfer coding that we did not ask for (expected: chunked)");
        }
        if (status < 200 && status != 100) {
            // nothing that we send asks for one, and the end of such an exchange is not ours to guess
            return refuse("the interim answer " + status);
        }
        interim = status == 100;
        if (!interim) {
            keepAlive = HttpUtil.isKeepAlive(response);
            reply = new Reply(call.uri(), response, this);
        }
        return Progress.MORE;
    }

    private static boolean isHttp1(HttpVersion version) {
        return version.protocolName().equals("HTTP") && version.majorVersion() == 1;
    }

    private static boolean isPlainOrChunked(HttpResponse response) {
        List<String> codings = response.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        return codings.isEmpty()
                || codings.size() == 1 && codings.get(0).strip().equalsIgnoreCase("chunked");
    }

    private Progress content(HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        Reply open = reply;
        if (open == null || interim) {
            content.release();
            interim = interim && !last;
            return Progress.MORE;
        }
        open.add(content.content());
        return last ? Progress.WHOLE : Progress.MORE;
    }

    private Progress refuse(String what) {
        fail(new NetException(Kind.PROTOCOL, origin.authority() + " sent " + what));
        return Progress.REFUSED;
    }

    /** Tells of the head, once, and gives out what has come of the body. True if somebody waits for more. */
    boolean tell() {
        Reply open = reply;
        if (open == null) {
            return true;
        }
        if (!told) {
            told = true;
            if (!answer.complete(open)) {
                open.close();
            }
        }
        return open.give();
    }

    /** The body is whole. */
    void end() {
        if (reply != null) {
            reply.end();
        }
        tell();
    }

    /** There will be no more. */
    void fail(RuntimeException why) {
        if (reply == null) {
            answer.completeExceptionally(why);
            return;
        }
        reply.fail(why);
        tell();
    }

    @Override
    public EventLoop loop() {
        return connection.channel().eventLoop();
    }

    @Override
    public ByteBufAllocator allocator() {
        return connection.channel().alloc();
    }

    @Override
    public Duration patience() {
        return connection.patience();
    }

    @Override
    public void want() {
        connection.want(this);
    }

    @Override
    public void abandon() {
        connection.abandon(this);
    }
}
