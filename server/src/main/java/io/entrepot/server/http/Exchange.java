package io.entrepot.server.http;

import io.entrepot.oci.RegistryException;
import io.entrepot.oci.RegistryException.Unauthorized;
import io.entrepot.server.content.Body;
import io.entrepot.server.content.BodyReader;
import io.entrepot.server.http.Exchanged.Kind;
import io.entrepot.server.pull.Address;
import io.entrepot.server.pull.Answer;
import io.entrepot.server.pull.PullRequest;
import io.entrepot.server.pull.PullService;
import io.entrepot.server.pull.ReferrersRequest;
import io.entrepot.server.pull.Referring;
import io.entrepot.server.pull.TagList;
import io.entrepot.server.pull.TagsRequest;
import io.entrepot.server.pull.TokenRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import io.netty.util.internal.OutOfDirectMemoryError;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request on its connection: asks for the answer, writes it, says how it ended. On the event loop only. */
final class Exchange {

    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
    private static final byte[] EMPTY_JSON = "{}".getBytes(StandardCharsets.US_ASCII);
    private static final RequestHead UNREAD = new RequestHead("", "", "", List.of());

    private static final Duration SOON = Duration.ofSeconds(1);

    /** A body up to this size goes into the buffer of its head. */
    private static final int SMALL = 64 * 1024;

    private final Connection connection;
    private final ChannelHandlerContext ctx;
    private final Received received;
    private final RequestHead request;
    private final InetAddress client;
    private final long began = System.nanoTime();
    private boolean admitted;
    private boolean close;
    private boolean refused;
    private boolean finished;
    private Kind kind = Kind.OTHER;
    private Address address = Challenge.NOTHING;
    private int status;
    private String range = "";
    private @Nullable Answer answer;
    private @Nullable BodyWriter writer;

    Exchange(Connection connection, ChannelHandlerContext ctx, Received received) {
        this.connection = connection;
        this.ctx = ctx;
        this.received = received;
        this.request = head(received);
        this.client = connection.source().client(request);
        this.close = request.closes();
    }

    private static RequestHead head(Received received) {
        if (received instanceof Received.Form form) {
            return form.head();
        }
        return received instanceof RequestHead head ? head : UNREAD;
    }

    void start(PullService pulls) {
        try {
            understand()
                    .match(
                            ping -> ping(pulls, ping),
                            pull -> pull(pulls, pull),
                            tags -> tags(pulls, tags),
                            referrers -> referrers(pulls, referrers),
                            token -> token(pulls, token));
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    /** The client left. */
    void abort() {
        if (writer != null) {
            writer.abort();
        } else {
            finish(0, false);
        }
    }

    private Asked understand() {
        if (received instanceof Received.Broken broken) {
            throw broken.because();
        }
        connection.overload().ifPresent(refusal -> {
            throw refusal;
        });
        admit();
        Peering peering = new Peering(client, connection.source().peer(), connection.port(), connection.certificates());
        return received instanceof Received.Form form
                ? RequestParser.parse(form, peering)
                : RequestParser.parse(request, peering);
    }

    private void admit() {
        admitted = connection.source().begin(client);
        if (!admitted) {
            throw new RegistryException.TooManyRequests(
                    client.getHostAddress() + " has too many requests in flight", SOON);
        }
    }

    private void ping(PullService pulls, Asked.Ping ping) {
        address = new Address(ping.mount(), "", "", "");
        kind = Kind.PING;
        when(
                pulls.ping(ping.client()),
                here -> {
                    status = 200;
                    send(responses().ping(EMPTY_JSON.length), EMPTY_JSON);
                },
                here -> {});
    }

    private void token(PullService pulls, TokenRequest token) {
        kind = Kind.TOKEN;
        when(
                pulls.token(token),
                given -> {
                    status = 200;
                    byte[] body = JsonBody.token(given, Instant.now());
                    send(responses().token(body.length), body);
                },
                given -> {});
    }

    private void pull(PullService pulls, PullRequest pull) {
        address = pull.address();
        kind = pull.target() instanceof PullRequest.Target.Blob ? Kind.BLOB : Kind.MANIFEST;
        when(pulls.pull(pull), got -> content(pull, got), got -> got.ended(0, false));
    }

    private void tags(PullService pulls, TagsRequest tags) {
        address = tags.address();
        kind = Kind.TAGS;
        when(pulls.tags(tags), list -> tags(tags, list), list -> {});
    }

    private void referrers(PullService pulls, ReferrersRequest referrers) {
        address = referrers.address();
        kind = Kind.REFERRERS;
        when(pulls.referrers(referrers), list -> referrers(referrers, list), list -> {});
    }

    /** Writes what comes on the event loop, or drops it if the client left meanwhile. */
    private <T> void when(CompletableFuture<T> coming, Consumer<T> write, Consumer<T> drop) {
        coming.whenComplete((value, failure) -> {
            Runnable deliver = () -> deliver(value, failure, write, drop);
            if (ctx.executor().inEventLoop()) {
                deliver.run();
                return;
            }
            try {
                ctx.executor().execute(deliver);
            } catch (RejectedExecutionException e) {
                // the event loops are gone, and the connection with them
                if (value != null) {
                    drop.accept(value);
                }
            }
        });
    }

    private <T> void deliver(@Nullable T value, @Nullable Throwable failure, Consumer<T> write, Consumer<T> drop) {
        try {
            if (value == null || failure != null) {
                fail(failure == null ? new IllegalStateException("no answer") : failure);
            } else if (finished) {
                drop.accept(value);
            } else {
                written(value, write);
            }
        } catch (OutOfDirectMemoryError e) {
            // on its own it would be seen by nobody: this runs in a task, or in the completion of a future
            ctx.pipeline().fireExceptionCaught(e);
        }
    }

    private <T> void written(T value, Consumer<T> write) {
        try {
            write.accept(value);
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void content(PullRequest pull, Answer got) {
        answer = got;
        Selected selected = pull.target() instanceof PullRequest.Target.Blob
                ? Selected.of(
                        request, got.descriptor().digest(), got.descriptor().size())
                : ByteRange.whole(got.descriptor().size());
        status = selected.partial() ? 206 : 200;
        range = selected.range();
        if (got.body() instanceof Body.Bytes bytes) {
            give(responses().content(pull, got, selected, room(selected)), bytes.bytes(), selected);
        } else {
            stream(pull, got, (Body.Streamed) got.body(), selected);
        }
    }

    private void give(ResponseHead head, byte[] bytes, Selected selected) {
        if (selected instanceof ByteRange range) {
            send(head, bytes, (int) range.from(), (int) range.length());
        } else {
            send(head, ((ByteRanges) selected).of(bytes));
        }
    }

    private int room(Selected selected) {
        return request.isHead() || selected.length() > SMALL ? 0 : (int) selected.length();
    }

    private void tags(TagsRequest tags, TagList list) {
        status = 200;
        byte[] body = JsonBody.tags(tags.address().path(), list.tags());
        send(responses().tags(path(), tags, list, body.length), body);
    }

    private void referrers(ReferrersRequest referrers, Referring list) {
        status = 200;
        byte[] index = list.index();
        send(responses().referrers(path(), referrers, list, index.length), index);
    }

    private String path() {
        int question = request.target().indexOf('?');
        return question < 0 ? request.target() : request.target().substring(0, question);
    }

    private void fail(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (!(cause instanceof RegistryException)) {
            LOG.atError()
                    .setCause(cause)
                    .addKeyValue("method", request.method())
                    .addKeyValue("target", path())
                    .log("request failed");
        }
        if (writer != null) {
            writer.abort();
        } else if (!finished) {
            drop();
            refuse(cause);
        }
    }

    /** Nothing of the answer goes out. */
    private void drop() {
        if (answer != null) {
            answer.ended(0, false);
            answer = null;
        }
    }

    private void refuse(Throwable cause) {
        if (cause instanceof RegistryException known) {
            refused = known instanceof RegistryException.BadRequest || known instanceof RegistryException.Unsupported;
            close |= refused;
            status = known.status();
            byte[] body = JsonBody.error(known.code(), known.getMessage());
            send(
                    known instanceof Unauthorized asks
                            ? responses().unauthorized(asks, challenge(asks), body.length)
                            : responses().error(known, body.length),
                    body);
        } else {
            status = 500;
            byte[] body = JsonBody.error("UNKNOWN", "internal error");
            send(responses().error(500, "Internal Server Error", body.length), body);
        }
    }

    private String challenge(Unauthorized asks) {
        boolean secure = connection.isSecure() || connection.source().isSecure(request);
        return kind == Kind.TOKEN ? Challenge.BASIC : Challenge.of(asks, request, secure, address);
    }

    private Responses responses() {
        close |= connection.isEnding();
        return new Responses(ctx.alloc(), close);
    }

    private void send(ResponseHead head, byte[] body) {
        send(head, body, 0, body.length);
    }

    private void send(ResponseHead head, byte[] body, int from, int length) {
        ByteBuf out = head.end();
        int sent = request.isHead() ? 0 : length;
        connection.deadlines().writing(sent, out);
        if (sent <= SMALL) {
            whenWritten(ctx.writeAndFlush(out.writeBytes(body, from, sent)), sent);
        } else {
            connection.unsent().begin();
            ctx.write(out);
            whenWritten(ctx.writeAndFlush(Unpooled.wrappedBuffer(body, from, sent)), sent);
        }
    }

    private void whenWritten(ChannelFuture written, int sent) {
        if (written.isDone()) {
            wrote(written, sent);
        } else {
            written.addListener(done -> wrote(done, sent));
        }
    }

    private void wrote(Future<?> written, int sent) {
        connection.deadlines().wrote();
        finish(written.isSuccess() ? sent : 0, written.isSuccess());
    }

    private void stream(PullRequest pull, Answer got, Body.Streamed body, Selected selected) {
        if (request.isHead() || selected.length() == 0) {
            connection.deadlines().enter(Deadlines.Phase.READING);
            whenWritten(
                    ctx.writeAndFlush(
                            responses().content(pull, got, selected, 0).end()),
                    0);
            return;
        }
        writer = new BodyWriter(
                ctx,
                connection.deadlines(),
                connection.unsent(),
                reader(body, selected),
                selected.length(),
                connection.isSecure(),
                this::finish);
        ctx.write(responses().content(pull, got, selected, 0).end());
        writer.start();
    }

    private static BodyReader reader(Body.Streamed body, Selected selected) {
        return selected instanceof ByteRange range
                ? body.open(range.from(), range.to())
                : ((ByteRanges) selected).reader(body);
    }

    private void finish(long bytes, boolean complete) {
        if (finished) {
            return;
        }
        finished = true;
        if (admitted) {
            connection.source().end(client);
        }
        if (answer != null) {
            answer.ended(range, bytes, complete);
        }
        connection.finished(ctx, exchanged(bytes, complete), complete && !close, refused);
    }

    private Exchanged exchanged(long bytes, boolean complete) {
        return new Exchanged(
                client,
                connection.source().peer(),
                request.method(),
                kind == Kind.TOKEN ? path() : request.target(),
                request.value("User-Agent"),
                kind,
                answer == null ? "" : answer.repository().registry().name(),
                answer == null ? "" : answer.origin().label(),
                status,
                bytes,
                complete,
                Duration.ofNanos(System.nanoTime() - began));
    }
}
