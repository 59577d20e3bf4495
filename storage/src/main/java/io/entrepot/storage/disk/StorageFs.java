package io.entrepot.storage.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The file operations of the store: few, so that a test can record them, fail each, and build every crash from them. */
interface StorageFs {

    /** Creates a file that did not exist, for reading and writing by its owner alone. */
    FileChannel create(Path file) throws IOException;

    /** Opens a regular file for reading; a symbolic link is refused. */
    FileChannel open(Path file) throws IOException;

    /** Opens a regular file for reading and writing; a symbolic link is refused. */
    FileChannel openForWriting(Path file) throws IOException;

    /** Writes all bytes; when it fails, the buffer's position says how many are written. */
    void write(FileChannel file, ByteBuffer bytes, long position) throws IOException;

    /** Reads until the buffer is full or the file ends; returns the number of bytes read. */
    int read(FileChannel file, ByteBuffer into, long position) throws IOException;

    /** Cuts a file to this size. */
    void truncate(FileChannel file, long size) throws IOException;

    /** Returns when the bytes and the size are on the disk; {@code metadata} too, if asked for. */
    void force(FileChannel file, boolean metadata) throws IOException;

    /** Renames atomically; what has the new name already is replaced. */
    void move(Path from, Path to) throws IOException;

    /** Deletes a file or an empty directory; false if there was none. */
    boolean delete(Path file) throws IOException;

    /** Makes one directory for its owner alone; false if it exists. */
    boolean mkdir(Path directory) throws IOException;

    /** Returns when creations, moves and deletions in this directory are on the disk. */
    void forceDirectory(Path directory) throws IOException;

    /** What is at this path, links not followed; empty if nothing is. */
    Optional<Stat> stat(Path path) throws IOException;

    /** What is in a directory, in no order. */
    List<Path> list(Path directory) throws IOException;

    /** The bytes that may still be written to the file system of this path. */
    long free(Path path) throws IOException;

    /** What the file system says of a file; times in nanoseconds since the epoch. */
    record Stat(Kind kind, long inode, long size, long modified, long changed) {

        /** The fingerprint that no file has: nothing is known. */
        static final long UNKNOWN = 0;

        /** These values folded into one number; never {@link #UNKNOWN}. */
        long fingerprint() {
            long mixed = mix(mix(mix(mix(inode) ^ size) ^ modified) ^ changed);
            return mixed == UNKNOWN ? 1 : mixed;
        }

        /** Whether a file is what another one was before it was moved: a move sets {@code changed}, and nothing else. */
        boolean isMoved(Stat before) {
            return kind == before.kind && inode == before.inode && size == before.size && modified == before.modified;
        }

        boolean isFile() {
            return kind == Kind.FILE;
        }

        boolean isDirectory() {
            return kind == Kind.DIRECTORY;
        }

        /** The finaliser of SplitMix64: every bit of the input moves about half of the output. */
        private static long mix(long value) {
            long z = value + 0x9E3779B97F4A7C15L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            return z ^ (z >>> 31);
        }
    }

    /** What a path names. */
    enum Kind {
        FILE,
        DIRECTORY,
        OTHER
    }
}
