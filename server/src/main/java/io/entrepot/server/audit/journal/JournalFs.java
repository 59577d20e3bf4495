package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;

/** The file operations of the journal: few, so that a test can record them, fail each, and build every crash from them. */
interface JournalFs {

    /** Creates a file that did not exist, for reading and writing by its owner alone. */
    FileChannel create(Path file) throws IOException;

    /** Opens a regular file for reading; a symbolic link is refused. */
    FileChannel open(Path file) throws IOException;

    /** Opens a regular file for reading and writing; a symbolic link is refused. */
    FileChannel openForWriting(Path file) throws IOException;

    /** Writes all bytes at this place. */
    void write(FileChannel file, ByteBuffer bytes, long position) throws IOException;

    /** Reads until the buffer is full or the file ends; returns the number of bytes read. */
    int read(FileChannel file, ByteBuffer into, long position) throws IOException;

    /** Returns when the bytes are on the disk; the size and what else is said of a file too, if asked for. */
    void force(FileChannel file, boolean metadata) throws IOException;

    /** Renames atomically; what has the new name already is replaced. */
    void move(Path from, Path to) throws IOException;

    /** Makes one directory for its owner alone; false if it exists. */
    boolean mkdir(Path directory) throws IOException;

    /** Deletes a file; false if there was none. */
    boolean delete(Path file) throws IOException;

    /** Returns when creations, moves and deletions in this directory are on the disk. */
    void forceDirectory(Path directory) throws IOException;

    /** What is in a directory, in no order. */
    List<Path> list(Path directory) throws IOException;

    /** The bytes that may still be written to the file system of this path. */
    long free(Path path) throws IOException;
}
