package io.entrepot.server;

import io.entrepot.server.audit.export.Bucket;
import io.entrepot.server.aws.AwsKeys;
import io.entrepot.server.aws.AwsLogin;
import io.entrepot.server.aws.SigV4;
import io.entrepot.server.net.HttpCall;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Signs what goes to a bucket with the keys that this machine has. */
final class AwsSigning implements Bucket.Signing {

    private static final long PATIENCE_SECONDS = 30;

    private final AwsLogin login;
    private final SigV4 signer;
    private final InstantSource clock;
    private volatile @Nullable AwsKeys last;

    AwsSigning(AwsLogin login, String region, InstantSource clock) {
        this.login = login;
        this.signer = SigV4.s3(region);
        this.clock = clock;
    }

    @Override
    public HttpCall sign(HttpCall call) throws IOException {
        AwsKeys keys = keys();
        last = keys;
        return signer.sign(call, keys, clock.instant());
    }

    private AwsKeys keys() throws IOException {
        try {
            return login.keys().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new IOException("no AWS keys within " + PATIENCE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void refused() {
        AwsKeys used = last;
        if (used != null) {
            login.refused(used);
        }
    }

    @Override
    public void close() {
        login.close();
    }
}
