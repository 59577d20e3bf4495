package io.entrepot.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A bucket of S3, or of what speaks like it.
 *
 * @param prefix of the keys of all objects; empty: none
 * @param region where it is, as it is signed
 * @param endpoint scheme, host and port of the service; empty: Amazon's in that region
 * @param pathStyle whether the bucket stands in the path and not in the host
 * @param ca PEM certificates that are trusted for the endpoint
 * @param internal whether a private address, and plain HTTP, is meant
 * @param keys with which requests are signed
 * @param lock how long what is put there cannot be changed or deleted (Object Lock); zero: no lock
 */
public record BucketConfig(
        String name,
        String prefix,
        String region,
        Optional<URI> endpoint,
        boolean pathStyle,
        Optional<Path> ca,
        boolean internal,
        AwsKeysFrom keys,
        Duration lock,
        LockMode lockMode) {

    /** For whom a lock holds. */
    public enum LockMode {
        /** For everybody, the owner of the account included. */
        COMPLIANCE,
        /** But for who may lift it. */
        GOVERNANCE
    }
}
