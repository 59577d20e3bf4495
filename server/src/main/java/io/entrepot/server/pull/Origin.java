package io.entrepot.server.pull;

import io.entrepot.server.content.Content.Blob;
import io.entrepot.server.content.Resolved;
import java.util.Locale;

/** How an answer came about, for headers and metrics. */
public enum Origin {
    /** Held here; nobody was asked. */
    HIT,
    /** Held here; the upstream confirmed the tag. */
    REVALIDATED,
    /** A manifest fetched for this answer. */
    FETCHED,
    /** Held here; the upstream could not be asked. */
    STALE,
    /** A blob that is being fetched. */
    FILL,
    /** A blob passed through, not kept. */
    RELAY,
    /** Not held here; only its size was asked for. */
    MISS;

    /** As it stands in a header or a label. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Origin of(Resolved.Source source) {
        return switch (source) {
            case HIT -> HIT;
            case REVALIDATED -> REVALIDATED;
            case FETCHED -> FETCHED;
            case STALE -> STALE;
        };
    }

    static Origin of(Blob.Source source) {
        return switch (source) {
            case HIT -> HIT;
            case FILL -> FILL;
            case RELAY -> RELAY;
        };
    }
}
