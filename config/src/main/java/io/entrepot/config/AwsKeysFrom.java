package io.entrepot.config;

import java.nio.file.Path;
import java.util.Optional;

/** Where keys for Amazon's services come from. */
public sealed interface AwsKeysFrom {

    /** The first that this machine has, in the order in which Amazon's own clients look. */
    record Chain() implements AwsKeysFrom {}

    /** These. */
    record Given(String id, Secret secret, Optional<Secret> sessionToken) implements AwsKeysFrom {}

    /** {@code AWS_ACCESS_KEY_ID}, {@code AWS_SECRET_ACCESS_KEY}, {@code AWS_SESSION_TOKEN}. */
    record Environment() implements AwsKeysFrom {}

    /** A profile of a shared credentials file; empty: what {@code AWS_SHARED_CREDENTIALS_FILE} and {@code AWS_PROFILE} say. */
    record SharedFile(Optional<Path> path, Optional<String> profile) implements AwsKeysFrom {}

    /** A role that is assumed with a token from a file (IRSA); empty: what {@code AWS_ROLE_ARN} and its kin say. */
    record WebIdentity(Optional<String> role, Optional<Path> token) implements AwsKeysFrom {}

    /** The endpoint that ECS and EKS Pod Identity name in the environment. */
    record Container() implements AwsKeysFrom {}

    /** The metadata service of the instance (IMDSv2). */
    record Instance() implements AwsKeysFrom {}
}
