package io.entrepot.loadtest;

/** One request and the progress of its answer; written by its connection's thread, read by any. */
final class Exchange {

    private final String host;
    private final long connection;
    private final Request request;
    private volatile int status;
    private volatile long bytesSent;
    private volatile boolean complete;
    private volatile boolean ended;

    Exchange(String host, long connection, Request request) {
        this.host = host;
        this.connection = connection;
        this.request = request;
    }

    void answered(int code) {
        status = code;
    }

    void sent(long total) {
        bytesSent = total;
    }

    void completed() {
        complete = true;
    }

    /** Called when nothing more will be done for it, complete or not. */
    void ended() {
        ended = true;
    }

    boolean hasEnded() {
        return ended;
    }

    boolean is(String method, String pathPart) {
        return (method.isEmpty() || request.method().equals(method))
                && request.path().contains(pathPart);
    }

    long bytesSent() {
        return bytesSent;
    }

    Seen seen() {
        return new Seen(
                host,
                connection,
                request.method(),
                request.path(),
                request.query(),
                request.headers(),
                status,
                bytesSent,
                complete);
    }
}
