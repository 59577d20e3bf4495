package io.entrepot.server.net;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The few threads for what blocks for a moment: reading certificates and small files. They end when nobody needs them. */
final class Blocking {

    private static final int MOST = 8;
    private static final int WAITING = 256;

    static final ThreadPoolExecutor THREADS = threads();

    private Blocking() {}

    private static ThreadPoolExecutor threads() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                MOST, MOST, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), Blocking::thread);
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "entrepot-files");
        thread.setDaemon(true);
        return thread;
    }
}
