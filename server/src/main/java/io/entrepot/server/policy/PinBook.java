package io.entrepot.server.policy;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Repository;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The pins of the lock file. */
public record PinBook(Map<Repository, Map<Tag, Pin>> pins) {

    public static final PinBook EMPTY = new PinBook(Map.of());

    public PinBook {
        pins = Map.copyOf(pins);
    }

    /** What a tag is pinned to. */
    public Optional<Pin> find(Repository repository, Tag tag) {
        return Optional.ofNullable(pins.getOrDefault(repository, Map.of()).get(tag));
    }

    /** The tags of a repository that are pinned to this digest. */
    public List<Tag> tags(Repository repository, Digest digest) {
        return pins.getOrDefault(repository, Map.of()).entrySet().stream()
                .filter(entry -> entry.getValue().digest().equals(digest))
                .map(Map.Entry::getKey)
                .toList();
    }
}
