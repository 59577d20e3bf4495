package io.entrepot.server.aws;

import io.entrepot.config.Secret;
import java.util.Optional;

/** Keys with which requests to Amazon's services are signed; {@code sessionToken} goes along with those that end. */
public record AwsKeys(String id, Secret secret, Optional<Secret> sessionToken) {

    @Override
    public String toString() {
        return id + ":***";
    }
}
