package io.entrepot.server.content;

/** Told what content notices by itself; the implementation returns at once and does not throw. */
@FunctionalInterface
public interface Incidents {

    void report(Incident incident);
}
