package io.entrepot.server.content;

import io.entrepot.oci.Reference.Tag;
import java.time.Instant;
import java.util.Optional;

/**
 * A tag of a repository under which a digest is on record.
 *
 * @param since when its clock began, by trusted time; empty: it has not
 * @param first whether it is the digest that the tag was first seen with
 * @param pinned whether the pin that a first pull left, if it holds, is this digest
 */
public record TagSighting(Tag tag, Optional<Instant> since, boolean first, boolean pinned) {}
