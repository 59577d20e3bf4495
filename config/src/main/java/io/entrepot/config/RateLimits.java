package io.entrepot.config;

import io.entrepot.oci.Glob;
import java.time.Duration;
import java.util.List;

/**
 * How what an upstream grants is spent, and how fast it is asked.
 *
 * @param stretchBelow percent of the granted requests from which on tags are believed longer, and ever longer, the less is left
 * @param newNames percent of the granted requests that one client may spend on names of which nothing is known here
 */
public record RateLimits(Reserve reserve, int stretchBelow, int newNames, Pace pace) {

    /**
     * What is kept for some alone.
     *
     * @param share percent of the granted requests
     * @param repositories globs over registry/path whose requests may spend it
     * @param clients who may spend it
     */
    public record Reserve(int share, List<Glob> repositories, List<AskerMatch> clients) {

        public static final Reserve NONE = new Reserve(0, List.of(), List.of());

        public Reserve {
            repositories = List.copyOf(repositories);
            clients = List.copyOf(clients);
        }
    }

    /**
     * How fast an upstream is asked, so that it does not take us for an attack.
     *
     * @param rate requests a second over time; 0: any number
     * @param burst requests that may follow each other at once after a rest
     * @param atOnce requests that wait for the head of their answer at the same time
     * @param patience how long a request waits for its turn before it is given up
     */
    public record Pace(int rate, int burst, int atOnce, Duration patience) {}
}
