package io.entrepot.server.upstream;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How it stands with one endpoint of an upstream.
 *
 * @param host its host, with a port unless it is the scheme's
 * @param since when it was last suspended; empty if it is asked
 * @param why what its last request failed of; empty if it is asked
 * @param askedAgainIn zero if it is asked
 */
public record EndpointHealth(String host, State state, Optional<Instant> since, String why, Duration askedAgainIn) {

    /** What is done with requests to it. */
    public enum State {
        /** They are sent. */
        ASKED,
        /** They are refused at once. */
        SUSPENDED,
        /** They are refused until the one that was sent to find out has an answer. */
        HALF_OPEN
    }

    static EndpointHealth asked(String host) {
        return new EndpointHealth(host, State.ASKED, Optional.empty(), "", Duration.ZERO);
    }

    public boolean isAsked() {
        return state == State.ASKED;
    }
}
