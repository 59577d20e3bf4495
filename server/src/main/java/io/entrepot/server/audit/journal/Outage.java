package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.time.Instant;

/**
 * A time in which the journal could not be written, and which is over.
 *
 * @param refused records that were not taken, or were and then failed
 * @param cause why it could not be written at first
 */
public record Outage(Instant from, Instant to, long refused, IOException cause) {}
