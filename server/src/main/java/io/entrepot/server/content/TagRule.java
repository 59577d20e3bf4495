package io.entrepot.server.content;

/** How a tag may be resolved; policy says it, content obeys it. */
public sealed interface TagRule {

    /** As the upstream says, within the tag's freshness. */
    record Free() implements TagRule {}

    TagRule FREE = new Free();
}
