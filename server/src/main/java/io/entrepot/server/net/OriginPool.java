package io.entrepot.server.net;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one origin: a bounded number of places; the connection used last is used next; who finds neither a
 * free one nor a place stands in line. When the last place is empty the pool retires, and another is made when needed.
 *
 * <p>State is guarded by this: what to do is decided under the lock, and done outside of it.
 */
final class OriginPool implements ClientConnection.Owner {

    private static final int LONGEST_LINE = 1_024;

    private final Origin origin;
    private final Egress egress;
    private final Dialer dialer;
    private final EventLoop clock;
    private final Consumer<OriginPool> whenRetired;
    private final ChannelGroup channels;
    private final Deque<ClientConnection> free = new ArrayDeque<>();
    private final Deque<Turn> line = new ArrayDeque<>();
    private final Set<Turn> dialling = new HashSet<>();
    private int places;
    private boolean retired;
    private boolean closed;

    /** @param clock where those who stand in line too long are told so */
    OriginPool(Origin origin, Egress egress, Dialer dialer, EventLoop clock, Consumer<OriginPool> whenRetired) {
        this.origin = origin;
        this.egress = egress;
        this.dialer = dialer;
        this.clock = clock;
        this.whenRetired = whenRetired;
        this.channels = new DefaultChannelGroup(clock, true);
    }

    Origin origin() {
        return origin;
    }

    synchronized boolean hasRetired() {
        return retired;
    }

    /**
     * A connection that is free for one request; empty if this pool has retired.
     *
     * @param fresh not one that has been free for a while, since it may be dead
     */
    Optional<Turn> take(boolean fresh) {
        Turn turn = new Turn();
        Runnable step;
        synchronized (this) {
            if (retired) {
                return Optional.empty();
            }
            step = fresh ? placeFresh(turn) : place(turn);
        }
        step.run();
        return Optional.of(turn);
    }

    private Runnable place(Turn turn) {
        ClientConnection last = closed ? null : lastUsed();
        if (last != null) {
            return () -> turn.complete(last);
        }
        if (closed || places < egress.connections()) {
            return dialOrRefuse(turn);
        }
        if (line.size() >= LONGEST_LINE) {
            return () -> turnAway(turn);
        }
        line.addLast(turn);
        return () -> keepTime(turn);
    }

    /**
     * It was let down already, or others wait for what it brings: it stands first in line, and the connection that is
     * free for longest makes room for it.
     */
    private Runnable placeFresh(Turn turn) {
        if (closed || places < egress.connections()) {
            return dialOrRefuse(turn);
        }
        if (line.size() >= LONGEST_LINE) {
            return () -> turnAway(turn);
        }
        line.addFirst(turn);
        ClientConnection stale = free.pollFirst();
        return () -> {
            keepTime(turn);
            if (stale != null) {
                stale.close();
            }
        };
    }

    private Runnable dialOrRefuse(Turn turn) {
        if (closed) {
            return () -> turn.completeExceptionally(Failure.closed(origin));
        }
        places++;
        dialling.add(turn);
        return () -> dial(turn);
    }

    private @Nullable ClientConnection lastUsed() {
        ClientConnection last = free.pollLast();
        while (last != null && !last.isOpen()) {
            last = free.pollLast();
        }
        return last;
    }

    private void keepTime(Turn turn) {
        Future<?> bell = clock.schedule(() -> late(turn), egress.headers().toNanos(), TimeUnit.NANOSECONDS);
        turn.whenComplete((connection, failure) -> {
            bell.cancel(false);
            synchronized (this) {
                line.remove(turn);
            }
        });
    }

    private void turnAway(Turn turn) {
        turn.completeExceptionally(Failure.busy(origin, LONGEST_LINE + " requests wait for a connection already"));
    }

    private void late(Turn turn) {
        String time = egress.headers().toMillis() + " ms";
        turn.completeExceptionally(Failure.busy(origin, "no connection became free within " + time));
    }

    private void dial(Turn turn) {
        dialer.dial(origin, new Dialer.Caller() {
            @Override
            public void open(Channel channel) {
                opened(channel, turn);
            }

            @Override
            public void failed(NetException why) {
                ended(turn);
                turn.completeExceptionally(why);
                vacated();
            }
        });
    }

    private synchronized void ended(Turn dialled) {
        dialling.remove(dialled);
    }

    /** From here on its place is vacated when the channel closes, which it does at once if the pool is closed. */
    private void opened(Channel channel, Turn turn) {
        ClientConnection connection = ClientConnection.over(channel, origin, egress, this);
        channels.add(channel);
        ended(turn);
        if (!turn.complete(connection)) {
            free(connection);
        }
    }

    @Override
    public void free(ClientConnection connection) {
        Turn next = nextOrKeep(connection);
        while (next != null && !next.complete(connection)) {
            next = nextOrKeep(connection);
        }
    }

    private synchronized @Nullable Turn nextOrKeep(ClientConnection connection) {
        Turn next = next();
        if (next == null) {
            free.addLast(connection);
        }
        return next;
    }

    @Override
    public void gone(ClientConnection connection) {
        synchronized (this) {
            free.remove(connection);
        }
        vacated();
    }

    /** A place is empty: the first in line gets a new connection in it. */
    private void vacated() {
        Turn next;
        boolean last;
        synchronized (this) {
            next = next();
            if (next == null) {
                places--;
            } else {
                dialling.add(next);
            }
            last = places == 0;
            retired |= last;
        }
        if (next != null) {
            dial(next);
        } else if (last) {
            whenRetired.accept(this);
        }
    }

    /** The first in line that still waits. */
    private @Nullable Turn next() {
        Turn next = line.pollFirst();
        while (next != null && next.isDone()) {
            next = line.pollFirst();
        }
        if (next != null) {
            next.call();
        }
        return next;
    }

    /** Closes every connection and sends everybody away. */
    void close() {
        List<Turn> waiting;
        synchronized (this) {
            closed = true;
            waiting = new ArrayList<>(line);
            waiting.addAll(dialling);
            line.clear();
        }
        channels.close();
        waiting.forEach(turn -> turn.completeExceptionally(Failure.closed(origin)));
    }
}
