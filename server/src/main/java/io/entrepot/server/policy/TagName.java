package io.entrepot.server.policy;

import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Version;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A tag that many rules are held against in one thread; what version it is is found out once. */
final class TagName {

    private final Tag tag;
    private @Nullable Optional<Version> version;

    TagName(Tag tag) {
        this.tag = tag;
    }

    Tag tag() {
        return tag;
    }

    String text() {
        return tag.name();
    }

    Optional<Version> version() {
        Optional<Version> known = version;
        if (known == null) {
            known = Version.of(tag.name());
            version = known;
        }
        return known;
    }
}
