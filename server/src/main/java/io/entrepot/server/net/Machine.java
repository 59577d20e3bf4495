package io.entrepot.server.net;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * What the machine gives to those who find out who we are on it.
 *
 * @param environment of our process
 * @param clock by which others say when something ends
 * @param ticker by which time passes
 * @param blocking threads for reading small files
 */
public record Machine(Map<String, String> environment, Clock clock, Ticker ticker, Executor blocking, Clients clients) {

    public Machine {
        environment = Map.copyOf(environment);
    }

    /** This machine. */
    public static Machine ours(Clients clients) {
        return new Machine(System.getenv(), Clock.systemUTC(), Ticker.systemTicker(), Blocking.THREADS, clients);
    }

    /** The value of a variable; empty where it is not set. */
    public String variable(String name) {
        return environment.getOrDefault(name, "");
    }

    /** Variables are secrets, some of them. */
    @Override
    public String toString() {
        return "this machine";
    }
}
