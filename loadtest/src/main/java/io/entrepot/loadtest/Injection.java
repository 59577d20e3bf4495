package io.entrepot.loadtest;

import java.time.Duration;
import java.util.Optional;

/** A fault with its place, count and measure; a value that {@link FakeRegistry#fault} puts into effect. */
public record Injection(
        Fault fault,
        String method,
        String pathPart,
        int skipped,
        int times,
        long number,
        Duration duration,
        String text) {

    private static final long UNSET = Long.MIN_VALUE;

    static Injection of(Fault fault) {
        return new Injection(fault, "", "", 0, Integer.MAX_VALUE, UNSET, Duration.ZERO, "");
    }

    /** On requests whose path contains this. */
    public Injection on(String part) {
        return new Injection(fault, method, part, skipped, times, number, duration, text);
    }

    /** On requests of this method whose path contains this. */
    public Injection on(String verb, String part) {
        return new Injection(fault, verb, part, skipped, times, number, duration, text);
    }

    /** Only the first n of the matching requests. */
    public Injection first(int n) {
        return new Injection(fault, method, pathPart, skipped, n, number, duration, text);
    }

    /** Not before n matching requests went by. */
    public Injection after(int n) {
        return new Injection(fault, method, pathPart, n, times, number, duration, text);
    }

    /** At this byte. */
    public Injection at(long position) {
        return numbered(position);
    }

    /** By this many bytes. */
    public Injection by(long bytes) {
        return numbered(bytes);
    }

    /** At this many bytes a second. */
    public Injection rate(long bytesPerSecond) {
        return numbered(bytesPerSecond);
    }

    /** With this status. */
    public Injection status(int status) {
        return numbered(status);
    }

    /** For this long; on STATUS, the Retry-After. */
    public Injection lasting(Duration length) {
        return new Injection(fault, method, pathPart, skipped, times, number, length, text);
    }

    /** With this text: an address, a type, a body. */
    public Injection text(String words) {
        return new Injection(fault, method, pathPart, skipped, times, number, duration, words);
    }

    private Injection numbered(long value) {
        return new Injection(fault, method, pathPart, skipped, times, value, duration, text);
    }

    boolean matches(Request request) {
        return (method.isEmpty() || method.equals(request.method()))
                && request.path().contains(pathPart);
    }

    long numberOr(long standard) {
        return number == UNSET ? standard : number;
    }

    String textOr(String standard) {
        return text.isEmpty() ? standard : text;
    }

    Optional<Duration> lasts() {
        return duration.isZero() ? Optional.empty() : Optional.of(duration);
    }
}
