package io.entrepot.storage.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Replaces a file as a whole: after a crash there is the old one or the new one, each complete. */
final class Replace {

    /** Writes the new content. */
    @FunctionalInterface
    interface Content {
        void writeTo(FileChannel file) throws IOException;
    }

    private Replace() {}

    /** Writes a file beside, forces it, moves it to its place, forces the directory. */
    static void file(StorageFs fs, Path fresh, Path file, Content content) throws IOException {
        try {
            write(fs, fresh, content);
            fs.move(fresh, file);
        } catch (IOException e) {
            discard(fs, fresh, e);
            throw e;
        }
        Path directory = file.getParent();
        if (directory != null) {
            fs.forceDirectory(directory);
        }
    }

    private static void write(StorageFs fs, Path fresh, Content content) throws IOException {
        try (FileChannel channel = fs.create(fresh)) {
            content.writeTo(channel);
            fs.force(channel, true);
        }
    }

    private static void discard(StorageFs fs, Path fresh, IOException cause) {
        try {
            fs.delete(fresh);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
