package io.entrepot.server.aws;

import io.entrepot.config.AwsKeysFrom;
import io.entrepot.server.net.Lease;
import io.entrepot.server.net.Machine;
import io.entrepot.server.net.SmallFile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Keys of a role that is assumed with a token from a file (STS AssumeRoleWithWebIdentity), as EKS mounts one for a service
 * account (IRSA). The token is read for each request, since it changes.
 */
final class WebIdentityKeys implements KeySource {

    private static final String ROLE = "AWS_ROLE_ARN";
    private static final String TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE";

    private final Machine machine;
    private final String role;
    private final String tokenFile;
    private final Sts sts;

    WebIdentityKeys(AwsKeysFrom.WebIdentity from, Sts sts, Machine machine) {
        this.machine = machine;
        this.role = from.role().orElse(machine.variable(ROLE));
        this.tokenFile = from.token().map(Path::toString).orElse(machine.variable(TOKEN_FILE));
        this.sts = sts;
    }

    @Override
    public boolean isMeant() {
        return !role.isEmpty() && !tokenFile.isEmpty();
    }

    @Override
    public CompletableFuture<Optional<Lease<AwsKeys>>> fetch() {
        if (!isMeant()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return SmallFile.text(Path.of(tokenFile), machine.blocking())
                .thenCompose(token -> sts.assume(role, "", token.strip()))
                .thenApply(Optional::of);
    }

    @Override
    public String expected() {
        return ROLE + " and " + TOKEN_FILE;
    }
}
