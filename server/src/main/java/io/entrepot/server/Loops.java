package io.entrepot.server;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The event loops, and which of them a thread is. */
final class Loops implements Supplier<Executor> {

    private final List<EventLoop> all;

    Loops(EventLoopGroup group) {
        this.all = StreamSupport.stream(group.spliterator(), false)
                .flatMap(each -> each instanceof EventLoop loop ? Stream.of(loop) : Stream.empty())
                .toList();
    }

    /** The loop that calls; for another thread any of them. */
    @Override
    public Executor get() {
        for (EventExecutor loop : all) {
            if (loop.inEventLoop()) {
                return loop;
            }
        }
        return all.get(0);
    }
}
