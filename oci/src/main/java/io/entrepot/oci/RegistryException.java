package io.entrepot.oci;

import java.time.Duration;

/**
 * Every failure that a client may be told, with its OCI error code and HTTP status (distribution-spec, error codes).
 *
 * <p>The message is for the person who reads {@code kubectl describe pod}: it says what happened, to what, and what to do.
 * Expected failures carry no stack trace.
 */
public abstract sealed class RegistryException extends RuntimeException {

    private final int status;
    private final String code;

    private RegistryException(int status, String code, String message) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The OCI error code, upper case. */
    public String code() {
        return code;
    }

    /** What happened; never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    /** How long a client should wait before it asks again; zero if nothing is known. */
    public Duration retryAfter() {
        return Duration.ZERO;
    }

    /** The blob is not there for this repository. */
    public static final class BlobUnknown extends RegistryException {
        public BlobUnknown(String message) {
            super(404, "BLOB_UNKNOWN", message);
        }
    }

    /** The manifest or tag is not there. */
    public static final class ManifestUnknown extends RegistryException {
        public ManifestUnknown(String message) {
            super(404, "MANIFEST_UNKNOWN", message);
        }
    }

    /** The repository, or the route, is not there. */
    public static final class NameUnknown extends RegistryException {
        public NameUnknown(String message) {
            super(404, "NAME_UNKNOWN", message);
        }
    }

    /** A repository name or tag that cannot exist. */
    public static final class NameInvalid extends RegistryException {
        public NameInvalid(String message) {
            super(400, "NAME_INVALID", message);
        }
    }

    /** A digest that cannot exist. */
    public static final class DigestInvalid extends RegistryException {
        public DigestInvalid(String message) {
            super(400, "DIGEST_INVALID", message);
        }
    }

    /** A request that breaks HTTP or our limits on it; the connection is closed after it. */
    public static final class BadRequest extends RegistryException {
        public BadRequest(int status, String message) {
            super(status, "UNSUPPORTED", message);
        }
    }

    /** A method or route that a read-only mirror does not have. */
    public static final class Unsupported extends RegistryException {
        public Unsupported(String message) {
            super(405, "UNSUPPORTED", message);
        }
    }

    /** Nothing of it for somebody who did not prove who they are; they may, and ask again. */
    public static final class Unauthorized extends RegistryException {

        /** What is missing, as a challenge says it (RFC 6750, 3.1). */
        public enum Why {
            /** They brought nothing. */
            UNKNOWN(""),
            /** What they brought proves nothing. */
            WRONG("invalid_token"),
            /** What they brought is good for something else. */
            TOO_NARROW("insufficient_scope");

            private final String error;

            Why(String error) {
                this.error = error;
            }

            /** The parameter {@code error} of a challenge; empty: it has none. */
            public String error() {
                return error;
            }
        }

        private final Why why;

        public Unauthorized(String message, Why why) {
            super(401, "UNAUTHORIZED", message);
            this.why = why;
        }

        public Why why() {
            return why;
        }
    }

    /** Refused by a decision. */
    public static final class Denied extends RegistryException {
        public Denied(String message) {
            super(403, "DENIED", message);
        }
    }

    /** Refused because the mirror has no such upstream; says what was asked for, and the lines that would add it. */
    public static final class NotAnUpstream extends RegistryException {
        private final transient Repository repository;

        public NotAnUpstream(Repository repository) {
            super(403, "DENIED", message(repository.registry()));
            this.repository = repository;
        }

        private static String message(Registry registry) {
            boolean address = registry.name().matches("localhost(:.*)?|[0-9.]+(:.*)?|\\[.*");
            return registry + " is not an upstream of this mirror; these lines add it: upstreams: { \"" + registry
                    + "\": " + (address ? "{ internal: true }" : "{}") + " }";
        }

        /** What was asked for. */
        public Repository repository() {
            return repository;
        }
    }

    /** The client is beyond its own limit. */
    public static final class TooManyRequests extends RegistryException {
        private final Duration retryAfter;

        public TooManyRequests(String message, Duration retryAfter) {
            super(429, "TOOMANYREQUESTS", message);
            this.retryAfter = retryAfter;
        }

        @Override
        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /** What the upstream sent cannot be trusted or understood. */
    public static final class BadUpstream extends RegistryException {
        public BadUpstream(String message) {
            super(502, "UNKNOWN", message);
        }
    }

    /** It cannot be answered now, and may be later. */
    public static final class Unavailable extends RegistryException {
        private final Duration retryAfter;

        public Unavailable(String message, Duration retryAfter) {
            super(503, "UNAVAILABLE", message);
            this.retryAfter = retryAfter;
        }

        @Override
        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /** It is not held, and nobody may be asked for it: somebody must bring it. */
    public static final class NotHere extends RegistryException {
        public NotHere(String message) {
            // no 404: that would say that it does not exist, and containerd would not show the words
            super(503, "UNAVAILABLE", message);
        }
    }

    /** A range beyond the end; carries the size for {@code Content-Range: bytes *}{@code /size} (RFC 9110, 15.5.17). */
    public static final class RangeNotSatisfiable extends RegistryException {
        private final long size;

        public RangeNotSatisfiable(long size) {
            super(416, "SIZE_INVALID", "the range lies outside of the " + size + " bytes that there are");
            this.size = size;
        }

        /** The size of the whole content in bytes. */
        public long size() {
            return size;
        }
    }
}
