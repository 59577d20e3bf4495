package io.entrepot.loadtest;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * The limits of Docker Hub. Pulls: a GET of a manifest counts for the length of a window, a HEAD does not, and each answer
 * about a manifest says what is left; beyond it, 429 with an error body. Abuse: whoever sends more requests of any kind in a
 * minute gets a plain 429.
 */
public final class HubLimits {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final int pulls;
    private final Duration window;
    private final InstantSource clock;
    private final boolean retryAfter;
    private final int abuse;

    // guarded by this
    private final Deque<Instant> counted = new ArrayDeque<>();
    private final Deque<Instant> requests = new ArrayDeque<>();
    private int refusedPulls;
    private int refusedAbuse;

    private HubLimits(int pulls, Duration window, InstantSource clock, boolean retryAfter, int abuse) {
        this.pulls = pulls;
        this.window = window;
        this.clock = clock;
        this.retryAfter = retryAfter;
        this.abuse = abuse;
    }

    /** So many pulls in a window, by this clock. */
    public static HubLimits pulls(int limit, Duration window, InstantSource clock) {
        return new HubLimits(limit, window, clock, false, Integer.MAX_VALUE);
    }

    /** The same, where a 429 says when to come again. */
    public HubLimits sayingWhen() {
        return new HubLimits(pulls, window, clock, true, abuse);
    }

    /** The same, where more requests in a minute than this are abuse. */
    public HubLimits abuse(int perMinute) {
        return new HubLimits(pulls, window, clock, retryAfter, perMinute);
    }

    /** How many pulls were refused since they were used up. */
    public synchronized int refusedPulls() {
        return refusedPulls;
    }

    /** How many requests were refused as abuse. */
    public synchronized int refusedAsAbuse() {
        return refusedAbuse;
    }

    /** Spends so many pulls, as somebody else behind the same address would. */
    public synchronized void spend(int number) {
        for (int i = 0; i < number; i++) {
            counted.add(clock.instant());
        }
    }

    synchronized Reply limited(Request request, Route route, Supplier<Reply> resource) {
        Instant now = clock.instant();
        forget(requests, now.minus(MINUTE));
        if (requests.size() >= abuse) {
            refusedAbuse++;
            return Reply.text(429, "text/plain", "Too Many Requests");
        }
        requests.add(now);
        return route.kind().equals("manifests") ? pull(request, resource, now) : resource.get();
    }

    private Reply pull(Request request, Supplier<Reply> resource, Instant now) {
        forget(counted, now.minus(window));
        boolean counts = !request.isHead();
        if (counts && counted.size() >= pulls) {
            refusedPulls++;
            return told(
                    now, Reply.error(429, "toomanyrequests: You have reached your unauthenticated pull rate limit."));
        }
        Reply reply = resource.get();
        if (reply.status() != 200) {
            return reply;
        }
        if (counts) {
            counted.add(now);
        }
        return told(now, reply);
    }

    private static void forget(Deque<Instant> times, Instant before) {
        while (!times.isEmpty() && !times.peek().isAfter(before)) {
            times.remove();
        }
    }

    private Reply told(Instant now, Reply reply) {
        String end = ";w=" + window.toSeconds();
        Reply told = reply.with("ratelimit-limit", pulls + end)
                .with("ratelimit-remaining", Math.max(0, pulls - counted.size()) + end)
                .with("docker-ratelimit-source", "203.0.113.7");
        if (reply.status() != 429 || !retryAfter) {
            return told;
        }
        Duration wait = Duration.between(now, counted.element().plus(window));
        return told.with("Retry-After", Long.toString(Math.max(1, wait.toSeconds() + 1)));
    }
}
