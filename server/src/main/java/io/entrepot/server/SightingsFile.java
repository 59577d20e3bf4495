package io.entrepot.server;

import io.entrepot.server.inspect.SightingLines;
import io.entrepot.server.pull.Sightings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps sightings over a restart: written as a whole beside the old file when something changed. */
final class SightingsFile implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SightingsFile.class);

    /** It says what clients pull. */
    private static final FileAttribute<?> OURS_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path file;
    private final Sightings sightings;
    private long written;

    private SightingsFile(Path file, Sightings sightings) {
        this.file = file;
        this.sightings = sightings;
        this.written = sightings.changes();
    }

    /** With what the file says; one that cannot be read is as good as none, and is said to be so. */
    static SightingsFile open(Path file) {
        Sightings sightings = new Sightings();
        try {
            sightings.restore(SightingLines.read(file));
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("cause", e.toString())
                    .log("not readable, begun anew");
        }
        return new SightingsFile(file, sightings);
    }

    Sightings sightings() {
        return sightings;
    }

    /** Writes the file if something changed since. Blocks. */
    synchronized void save() {
        long now = sightings.changes();
        if (now == written) {
            return;
        }
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try {
            Files.deleteIfExists(next);
            Files.createFile(next, OURS_ALONE);
            Files.writeString(next, SightingLines.text(sightings.list()));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            written = now;
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("cause", e.toString())
                    .log("not written");
        }
    }

    @Override
    public void close() {
        save();
    }
}
