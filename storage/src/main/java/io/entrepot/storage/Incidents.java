package io.entrepot.storage;

/** Told what the store notices by itself; the implementation returns at once and does not throw. */
@FunctionalInterface
public interface Incidents {

    void report(Incident incident);
}
