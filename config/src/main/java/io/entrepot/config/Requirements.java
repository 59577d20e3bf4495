package io.entrepot.config;

import io.entrepot.oci.Glob;
import io.entrepot.oci.Platform;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a rule asks of an image before it may be pulled; nothing asked is met.
 *
 * @param digest asked for by digest, or by a tag that has a pin
 * @param pinned the tag has a pin, and this is what it is pinned to
 * @param immutableTag the tag keeps the digest that it was first seen with
 * @param noRollback the tag never returns to a digest that it had left
 * @param minAge since this mirror first saw the digest under that tag; zero: none asked
 * @param baseline what was seen within this time after the rule appeared is old enough; zero: nothing is
 * @param platforms one of these; none listed: any
 * @param maxSize config and layers of one image together, in bytes
 * @param mediaTypes of manifest, config and layers: one of these; none listed: any
 * @param noForeignUrls no descriptor has {@code urls}
 */
public record Requirements(
        boolean digest,
        boolean pinned,
        boolean immutableTag,
        boolean noRollback,
        Duration minAge,
        Duration baseline,
        List<Platform> platforms,
        OptionalLong maxSize,
        List<Glob> mediaTypes,
        boolean noForeignUrls) {

    /** Nothing is asked. */
    public static final Requirements NONE = new Requirements(
            false,
            false,
            false,
            false,
            Duration.ZERO,
            Duration.ZERO,
            List.of(),
            OptionalLong.empty(),
            List.of(),
            false);

    public Requirements {
        platforms = List.copyOf(platforms);
        mediaTypes = List.copyOf(mediaTypes);
    }
}
