package io.entrepot.server.pull;

import java.time.Instant;

/**
 * A name that clients asked for, how often, and when first and last.
 *
 * @param kind what it names: {@code manifest}, {@code blob}, {@code referrers}, {@code tags}; of upstreams that are observed
 *     {@code repository}, or {@code unanswered} where nothing came of it
 */
public record Sighting(String kind, String name, long count, Instant first, Instant last) {

    Sighting again(Instant at) {
        return new Sighting(kind, name, count + 1, first, at);
    }
}
