package io.entrepot.loadtest.bench;

/** A figure and the most that it may be. */
public record Goal(String name, double measured, double limit, String unit) {

    public boolean met() {
        return measured <= limit;
    }
}
