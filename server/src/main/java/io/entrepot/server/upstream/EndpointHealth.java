package io.entrepot.server.upstream;

import java.time.Duration;

/**
 * How it stands with one endpoint of an upstream.
 *
 * @param host its host, with a port unless it is the scheme's
 * @param asked whether requests are sent to it
 * @param why what its last request failed of; empty if it is asked
 * @param askedAgainIn zero if it is asked
 */
public record EndpointHealth(String host, boolean asked, String why, Duration askedAgainIn) {}
