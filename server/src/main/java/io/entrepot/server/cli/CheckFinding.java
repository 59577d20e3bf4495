package io.entrepot.server.cli;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Something about an image in a manifest that somebody should know before it is applied. */
record CheckFinding(Kind kind, String message, String file, ImageUse use) {

    /** What is found, from what is certain to fail to what is only unwise. */
    enum Kind {
        REFUSED(Level.ERROR, "The mirror refuses this image."),
        NO_IMAGE(Level.ERROR, "This is no image reference."),
        DEPENDS(Level.NOTE, "Whether the mirror refuses this image depends on its content."),
        WARNED(Level.WARNING, "A rule in mode warn speaks of this image."),
        LATEST(Level.WARNING, "The tag is latest, or there is none."),
        NO_DIGEST(Level.NOTE, "A tag may mean something else tomorrow."),
        PULL_POLICY(Level.WARNING, "When the image is pulled does not fit how it is named.");

        private final Level level;
        private final String meaning;

        Kind(Level level, String meaning) {
            this.level = level;
            this.meaning = meaning;
        }

        /** {@code no-digest}. */
        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        Level level() {
            return level;
        }

        String meaning() {
            return meaning;
        }
    }

    /** As SARIF has them. */
    enum Level {
        ERROR,
        WARNING,
        NOTE;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** {@code web.yaml:12: error refused Deployment/web containers[app].image nginx:latest: …}. */
    String line() {
        return file + ":" + use.line() + ": " + kind.level().label() + " " + kind.label() + " " + place() + " "
                + use.image() + ": " + message;
    }

    /** {@code shop/Deployment/web containers[app].image}. */
    String place() {
        return (use.namespace().isEmpty() ? "" : use.namespace() + "/") + use.object() + " " + use.field();
    }

    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("kind", kind.label());
        facts.put("level", kind.level().label());
        facts.put("message", message);
        facts.put("image", use.image());
        facts.put("namespace", use.namespace());
        facts.put("object", use.object());
        facts.put("field", use.field());
        facts.put("file", file);
        facts.put("line", use.line());
        return facts;
    }
}
