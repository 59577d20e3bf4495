package io.entrepot.server;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Daemon threads that may block; those of Netty's own factory may not, as tests that watch event loops hold. */
final class Threads implements ThreadFactory {

    private final String name;
    private final AtomicInteger made = new AtomicInteger();

    private Threads(String name) {
        this.name = name;
    }

    static ThreadFactory named(String name) {
        return new Threads(name);
    }

    @Override
    public Thread newThread(Runnable task) {
        Thread thread = new Thread(task, name + "-" + made.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }
}
