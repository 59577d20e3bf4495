package io.entrepot.server;

import io.entrepot.config.MirrorConfig;
import io.entrepot.config.MirrorConfig.Tls;
import io.entrepot.server.inspect.StateDir;
import io.entrepot.server.tls.LocalNames;
import io.entrepot.server.tls.SelfSigned;
import io.entrepot.server.tls.ServerTls;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The data port's certificate: configured, made by ourselves, or none. */
final class Certificates {

    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);
    private static final long FOLLOW_SECONDS = 5;
    private static final long RENEW_HOURS = 12;

    private Certificates() {}

    /** Null where clients are served plain HTTP. */
    static @Nullable ServerTls open(
            MirrorConfig config, boolean self, StateDir state, ScheduledExecutorService housekeeping)
            throws StartException {
        try {
            if (!self && config.listen().tls().isEmpty()) {
                requireNoClientCertificates(config);
                return null;
            }
            Tls files = self
                    ? selfSigned(config, state, housekeeping)
                    : config.listen().tls().get();
            ServerTls tls = ServerTls.open(files, config.access().clientCa());
            housekeeping.scheduleWithFixedDelay(tls::follow, FOLLOW_SECONDS, FOLLOW_SECONDS, TimeUnit.SECONDS);
            return tls;
        } catch (IOException e) {
            throw new StartException(String.valueOf(e.getMessage()));
        }
    }

    private static void requireNoClientCertificates(MirrorConfig config) throws StartException {
        if (config.access().clientCa().isPresent()) {
            throw new StartException(
                    "access.client-ca asks for certificates of clients, and there is no TLS (expected: listen.tls, or"
                            + " --tls self)");
        }
    }

    private static Tls selfSigned(MirrorConfig config, StateDir state, ScheduledExecutorService housekeeping)
            throws IOException, StartException {
        if (config.listen().tls().isPresent()) {
            throw new StartException("listen.tls is configured (expected: that, or --tls self, not both)");
        }
        SelfSigned self = new SelfSigned(state.tls());
        String address = config.listen().address();
        Tls files = self.ensure(LocalNames.with(address), Instant.now());
        housekeeping.scheduleWithFixedDelay(() -> renew(self, address), RENEW_HOURS, RENEW_HOURS, TimeUnit.HOURS);
        LOG.atInfo()
                .addKeyValue("ca", self.authority().toAbsolutePath())
                .log("clients are to trust this certificate authority");
        return files;
    }

    private static void renew(SelfSigned self, String address) {
        try {
            self.ensure(LocalNames.with(address), Instant.now());
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("reason", e.getMessage()).log("certificate not renewed");
        }
    }
}
