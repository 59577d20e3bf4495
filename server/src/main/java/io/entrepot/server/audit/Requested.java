package io.entrepot.server.audit;

import io.entrepot.oci.Repository;

/**
 * What was asked for, as it is recorded.
 *
 * @param head whether the headers alone were
 * @param asked the image as the client wrote it, registry and all that it said included
 * @param tag empty: none was asked for
 * @param digest empty: none was asked for
 */
public record Requested(Kind kind, boolean head, String asked, Repository repository, String tag, String digest) {

    /** What of a repository. */
    public enum Kind {
        MANIFEST("manifest"),
        BLOB("blob"),
        TAGS("tags"),
        REFERRERS("referrers");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }
}
