package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** The segment that is being written. Of the writer's thread. */
final class Segment implements AutoCloseable {

    private final JournalFs fs;
    private final Path path;
    private final FileChannel channel;
    private final SegmentHeader header;
    private long position;

    Segment(JournalFs fs, Path path, FileChannel channel, SegmentHeader header, long position) {
        this.fs = fs;
        this.path = path;
        this.channel = channel;
        this.header = header;
        this.position = position;
    }

    Path path() {
        return path;
    }

    long id() {
        return header.id();
    }

    /** The bytes of frames that still fit. */
    long room() {
        return header.end() - position;
    }

    /** Returns when these frames are on the disk. After a failure nothing may be written here any more. */
    void append(ByteBuffer frames) throws IOException {
        int size = frames.remaining();
        fs.write(channel, frames, position);
        fs.force(channel, false);
        position += size;
    }

    /** Writes what is there already, and forces it: a disk that does this takes records. */
    void prove() throws IOException {
        header.write(fs, channel);
        fs.force(channel, false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
