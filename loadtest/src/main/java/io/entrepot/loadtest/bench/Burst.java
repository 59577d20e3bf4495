package io.entrepot.loadtest.bench;

/** What clients that asked at the same time saw: milliseconds to the first byte of the body and to its last. */
public record Burst(Samples firstByte, Samples total, long bytes) {}
