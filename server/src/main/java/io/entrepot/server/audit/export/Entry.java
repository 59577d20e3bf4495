package io.entrepot.server.audit.export;

/** A record and its number. */
public record Entry(long seq, byte[] record) {}
