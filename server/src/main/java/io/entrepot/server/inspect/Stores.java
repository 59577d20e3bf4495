package io.entrepot.server.inspect;

import io.entrepot.config.MirrorConfig;
import io.entrepot.storage.Incidents;
import io.entrepot.storage.disk.DiskStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Opens the store that a configuration names. */
public final class Stores {

    private Stores() {}

    /**
     * For serving: the store is made if it is not there, and scrubbed. It reads its index meanwhile and is to be told to
     * look after itself.
     *
     * @throws IOException that says what is in the way
     */
    public static DiskStore serving(MirrorConfig config, Incidents incidents) throws IOException {
        MirrorConfig.Storage storage = config.storage();
        MirrorConfig.Scrub scrub = storage.scrub();
        return DiskStore.prepare(
                StateDir.of(config).store(),
                new DiskStore.Options(storage.maxSize(), storage.minFree(), scrub.every(), scrub.rate()),
                incidents);
    }

    /** For a look: the store must be there. @throws IOException that says what is in the way */
    public static DiskStore existing(MirrorConfig config, Incidents incidents) throws IOException {
        Path store = StateDir.of(config).store();
        if (!Files.isDirectory(store)) {
            throw new IOException("there is no store at " + store);
        }
        MirrorConfig.Storage storage = config.storage();
        return DiskStore.open(
                store, new DiskStore.Options(storage.maxSize(), storage.minFree(), Duration.ZERO, 1), incidents);
    }
}
