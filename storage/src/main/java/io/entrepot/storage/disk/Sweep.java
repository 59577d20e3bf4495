package io.entrepot.storage.disk;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Digest.Algorithm;
import io.entrepot.storage.disk.StorageFs.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Compares the index with the directory, while the store is in use: adds what it did not know, drops what is gone, puts
 * aside what is foreign.
 */
final class Sweep {

    /** So many at once: all of them would be more than the index itself, where a disk was emptied or a sweep broken off. */
    private static final int PIECE = 4096;

    private final Disk disk;
    private final DiskBlobs blobs;
    private final BlobIndex index;
    private final BooleanSupplier stopped;

    Sweep(Disk disk, DiskBlobs blobs, BlobIndex index, BooleanSupplier stopped) {
        this.disk = disk;
        this.blobs = blobs;
        this.index = index;
        this.stopped = stopped;
    }

    void run() throws IOException {
        index.startSweep();
        for (Path directory : list(disk.layout().blobs())) {
            sweepAlgorithm(directory);
        }
        for (int start = 0; start < index.span() && !stopped.getAsBoolean(); start += PIECE) {
            for (Digest digest : index.unseen(start, PIECE)) {
                look(digest);
            }
        }
        sweepRepositories(disk.layout().repositories());
    }

    private List<Path> list(Path directory) throws IOException {
        boolean there = disk.fs().stat(directory).filter(Stat::isDirectory).isPresent();
        return there && !stopped.getAsBoolean() ? disk.fs().list(directory) : List.of();
    }

    private void sweepAlgorithm(Path directory) throws IOException {
        Optional<Algorithm> algorithm = algorithm(directory);
        if (algorithm.isEmpty()) {
            Foreign.setAside(disk, directory);
            return;
        }
        for (Path shard : list(directory)) {
            sweepShard(algorithm.get(), shard);
        }
    }

    private static Optional<Algorithm> algorithm(Path directory) {
        String name = String.valueOf(directory.getFileName());
        return List.of(Algorithm.values()).stream()
                .filter(algorithm -> algorithm.label().equals(name))
                .findFirst();
    }

    private void sweepShard(Algorithm algorithm, Path shard) throws IOException {
        if (!String.valueOf(shard.getFileName()).matches("[0-9a-f]{2}")) {
            Foreign.setAside(disk, shard);
            return;
        }
        for (Path file : list(shard)) {
            Optional<Digest> digest = disk.layout().digest(algorithm, file);
            if (digest.isEmpty()) {
                Foreign.setAside(disk, file);
            } else if (!index.seen(digest.get())) {
                look(digest.get());
            }
        }
    }

    /** The index learns from the file what it should know. */
    private void look(Digest digest) throws IOException {
        if (!stopped.getAsBoolean()) {
            blobs.size(digest);
        }
    }

    private void sweepRepositories(Path directory) throws IOException {
        for (Path child : list(directory)) {
            boolean isDirectory =
                    disk.fs().stat(child).filter(Stat::isDirectory).isPresent();
            if (isDirectory && isSegment(child)) {
                sweepRepositories(child);
            } else if (isDirectory || !isJournal(child)) {
                Foreign.setAside(disk, child);
            }
        }
    }

    private static boolean isSegment(Path directory) {
        return String.valueOf(directory.getFileName()).matches("[a-z0-9\\[][a-z0-9\\[\\].+_-]*");
    }

    private boolean isJournal(Path file) {
        Path directory = file.getParent();
        return file.endsWith(Layout.JOURNAL)
                && directory != null
                && disk.layout().repository(directory).isPresent();
    }
}
