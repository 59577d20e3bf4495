package io.entrepot.oci;

/**
 * A manifest that refers to another one as its subject, as a list of referrers names it (distribution-spec, listing
 * referrers).
 *
 * @param digest as it was written; also of an algorithm that is not known here
 * @param artifactType what it is; empty if the list does not say
 * @param json the descriptor with everything that it says, annotations included, as compact JSON
 */
public record Referrer(String digest, String artifactType, String json) {}
