package io.entrepot.storage;

import io.entrepot.oci.Descriptor;
import java.time.Instant;

/** The list of a manifest's referrers as it was last seen: the index that lists them, kept as content, and since when it says so. */
public record ReferrersRecord(Descriptor index, Instant since) {}
