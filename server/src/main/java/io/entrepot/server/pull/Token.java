package io.entrepot.server.pull;

import java.time.Duration;

/** A token of our own, to pull with. As text it is nothing. */
public record Token(String value, Duration lifetime) {

    @Override
    public String toString() {
        return "***";
    }
}
