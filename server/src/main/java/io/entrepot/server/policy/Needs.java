package io.entrepot.server.policy;

/**
 * What must be known of content before the rules for a repository can be told.
 *
 * @param content whether it depends on the manifest at all; if not, the names decide and a blob needs no manifest
 * @param standings whether it depends on the tags that a digest stands under
 * @param platforms whether it depends on what an image runs on
 */
public record Needs(boolean content, boolean standings, boolean platforms) {
    public static final Needs NOTHING = new Needs(false, false, false);
}
