package io.entrepot.server.inspect;

import io.entrepot.config.MirrorConfig;
import java.nio.file.Path;

/**
 * Where a mirror keeps what it needs beyond one run: beside its store, whose place is configured.
 *
 * <pre>
 * data/cache        the store of blobs, tags and links
 * data/cache.sock   the admin socket, while the mirror runs: named after the store, since it speaks of that
 * data/cache.misses, data/cache.discovered   what clients asked for, for entrepot cache misses and upstreams
 * data/cache.time   the trusted time, by which ages are counted, and when an upstream last said the date
 * data/cache.rules  since when each rule of the policy has been in force here
 * data/cache.nodes  the credentials of nodes, hashed
 * data/tls          the certificate that we made ourselves
 * data/native       native parts of Netty, unpacked
 * </pre>
 */
public record StateDir(Path store, Path root) {

    public static StateDir of(MirrorConfig config) {
        Path store = config.storage().path().toAbsolutePath().normalize();
        Path parent = store.getParent();
        return new StateDir(store, parent == null ? store : parent);
    }

    public Path adminSocket() {
        return root.resolve(store.getFileName() + ".sock");
    }

    /** What was asked for in vain while offline. */
    public Path misses() {
        return root.resolve(store.getFileName() + ".misses");
    }

    /** What was asked of upstreams that a pattern admits. */
    public Path discovered() {
        return root.resolve(store.getFileName() + ".discovered");
    }

    /** The time by which ages are counted. */
    public Path trustedTime() {
        return root.resolve(store.getFileName() + ".time");
    }

    /** Since when rules have been in force. */
    public Path rules() {
        return root.resolve(store.getFileName() + ".rules");
    }

    /** What was issued to nodes. */
    public Path nodes() {
        return root.resolve(store.getFileName() + ".nodes");
    }

    public Path tls() {
        return root.resolve("tls");
    }

    public Path natives() {
        return root.resolve("native");
    }
}
