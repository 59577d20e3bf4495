package io.entrepot.server.policy;

import java.time.Instant;

/**
 * When something is judged.
 *
 * @param wall by the clock on the wall, which somebody can set: for dates that people write
 * @param trusted by time that nobody can make pass faster: for ages
 */
public record Moment(Instant wall, Instant trusted) {}
