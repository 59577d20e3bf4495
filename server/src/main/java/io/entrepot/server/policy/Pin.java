package io.entrepot.server.policy;

import io.entrepot.oci.Digest;

/** What a tag is pinned to, by whom and why. */
public record Pin(Digest digest, String by, String why) {}
