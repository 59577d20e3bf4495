package io.entrepot.server.policy;

import io.entrepot.config.PinConfig.FirstSeen;
import io.entrepot.config.PolicyMatch;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Repository;
import java.util.List;
import java.util.Optional;

/** Which tags keep the digest that was pulled first, and whose pull makes it so. */
final class FirstSeenPins {

    private final List<Entry> entries;

    FirstSeenPins(List<FirstSeen> written) {
        this.entries = written.stream().map(Entry::new).toList();
    }

    /** The first that speaks of the tag. */
    Optional<FirstSeen> find(Repository repository, TagName tag) {
        for (Entry entry : entries) {
            if (entry.matches(repository, tag)) {
                return Optional.of(entry.written);
            }
        }
        return Optional.empty();
    }

    Optional<FirstSeen> find(Repository repository, Tag tag) {
        return entries.isEmpty() ? Optional.empty() : find(repository, new TagName(tag));
    }

    static boolean mayPin(FirstSeen firstSeen, Asker asker) {
        return asker.operator()
                || !new MeantAskers(firstSeen.pinBy()).fit(asker).isNo();
    }

    private static final class Entry {
        private final FirstSeen written;
        private final MeantTags tags;

        private Entry(FirstSeen written) {
            this.written = written;
            this.tags = new MeantTags(written.match().tags());
        }

        private boolean matches(Repository repository, TagName tag) {
            PolicyMatch match = written.match();
            return (match.registries().isEmpty()
                            || ContentConditions.isOneOf(
                                    match.registries(), repository.registry().name()))
                    && (match.repositories().isEmpty()
                            || ContentConditions.isOneOf(match.repositories(), repository.toString()))
                    && (match.tags().isEmpty() || tags.matches(tag));
        }
    }
}
