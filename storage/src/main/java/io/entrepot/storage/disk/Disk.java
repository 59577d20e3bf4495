package io.entrepot.storage.disk;

import io.entrepot.storage.Incidents;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** What every part of a disk store needs: the file operations, where things lie, whom to tell, what time it is. */
record Disk(
        StorageFs fs,
        Layout layout,
        Directories directories,
        SetAside setAside,
        Incidents incidents,
        InstantSource clock,
        AtomicLong names) {

    static Disk of(StorageFs fs, Path root, Incidents incidents, InstantSource clock) {
        Layout layout = new Layout(root);
        Directories directories = new Directories(fs, root);
        return new Disk(
                fs,
                layout,
                directories,
                new SetAside(fs, directories, layout, clock),
                incidents,
                clock,
                new AtomicLong());
    }

    /** A name in {@code tmp/} that nobody else has: the directory was empty when the store was opened. */
    Path temporary(String prefix) {
        return layout.temporary().resolve(prefix + "-" + names.incrementAndGet());
    }

    /** The failure itself, or that the disk is full if that is what it means. */
    IOException explained(IOException failure) {
        return DiskFull.explained(fs, layout.root(), failure);
    }
}
