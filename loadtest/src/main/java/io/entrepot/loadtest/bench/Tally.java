package io.entrepot.loadtest.bench;

/** What a load got done: whole answers, bytes of bodies, and the time that it took. */
public record Tally(long answers, long bytes, double seconds) {}
