package io.entrepot.server.http;

import io.entrepot.config.MirrorConfig;
import io.entrepot.config.MirrorConfig.Limits;

/** What clients of the data port are held to, and whose word about them is taken. */
public record Bounds(Limits limits, TrustedProxies proxies, FileDescriptors descriptors, DirectMemory memory) {

    /** Those of the configuration, for this process. */
    public static Bounds of(MirrorConfig config) {
        return new Bounds(
                config.limits(),
                new TrustedProxies(config.listen().trustedProxies()),
                FileDescriptors.ofProcess(config.limits()),
                DirectMemory.ofProcess(config.limits()));
    }
}
