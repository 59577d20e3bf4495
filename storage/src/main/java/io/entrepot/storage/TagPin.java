package io.entrepot.storage;

import io.entrepot.oci.Digest;
import java.time.Instant;

/**
 * What a first pull pinned a tag to.
 *
 * @param by who pulled it, or promoted it; free text
 * @param promoted somebody said that it holds; until then it is a proposal
 */
public record TagPin(Digest digest, String by, Instant at, boolean promoted) {}
