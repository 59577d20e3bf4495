package io.entrepot.server.audit.journal;

/** A record and its place in the log. */
public record JournalRecord(long seq, byte[] bytes) {}
