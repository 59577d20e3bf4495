package io.entrepot.loadtest;

/**
 * A request that a {@link FakeRegistry} has read, and how far its answer got.
 *
 * @param host which of its listeners: {@code registry} or {@code storage}
 * @param connection the number of the TCP connection, counted from 1
 * @param status 0 while nothing was answered
 * @param bytesSent bytes of the body handed to the connection; never fewer than the client has, at most 64 KiB more
 * @param complete true once the whole answer was written, a moment after the client may have it: see {@link FakeRegistry#awaitIdle}
 */
public record Seen(
        String host,
        long connection,
        String method,
        String path,
        String query,
        Headers headers,
        int status,
        long bytesSent,
        boolean complete) {}
