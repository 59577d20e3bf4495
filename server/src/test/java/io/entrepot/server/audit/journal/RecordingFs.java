package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Remembers every operation that changes the disk, in order; of a write that fails what it wrote. */
final class RecordingFs extends WrappedFs {

    private final List<FileOp> log = new ArrayList<>();
    private final Map<Path, Integer> names = new HashMap<>();
    private final Map<FileChannel, Integer> files = new IdentityHashMap<>();
    private int count;

    RecordingFs(JournalFs inner) {
        super(inner);
    }

    synchronized List<FileOp> log() {
        return List.copyOf(log);
    }

    @Override
    public synchronized FileChannel create(Path file) throws IOException {
        FileChannel channel = super.create(file);
        names.put(file, count);
        files.put(channel, count);
        log.add(new FileOp.Create(count++, file));
        return channel;
    }

    @Override
    public synchronized FileChannel openForWriting(Path file) throws IOException {
        FileChannel channel = super.openForWriting(file);
        files.put(channel, names.get(file));
        return channel;
    }

    @Override
    public synchronized void write(FileChannel file, ByteBuffer bytes, long position) throws IOException {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        int before = bytes.remaining();
        try {
            super.write(file, bytes, position);
        } finally {
            log.add(new FileOp.Write(files.get(file), position, Arrays.copyOf(copy, before - bytes.remaining())));
        }
    }

    @Override
    public synchronized void force(FileChannel file, boolean metadata) throws IOException {
        super.force(file, metadata);
        log.add(new FileOp.Force(files.get(file)));
    }

    @Override
    public synchronized void move(Path from, Path to) throws IOException {
        super.move(from, to);
        if (names.containsKey(from)) {
            names.put(to, names.remove(from));
        }
        log.add(new FileOp.Move(from, to));
    }

    @Override
    public synchronized boolean delete(Path file) throws IOException {
        boolean deleted = super.delete(file);
        if (deleted) {
            names.remove(file);
            log.add(new FileOp.Delete(file));
        }
        return deleted;
    }

    @Override
    public synchronized boolean mkdir(Path directory) throws IOException {
        boolean made = super.mkdir(directory);
        if (made) {
            log.add(new FileOp.Mkdir(directory));
        }
        return made;
    }

    @Override
    public synchronized void forceDirectory(Path directory) throws IOException {
        super.forceDirectory(directory);
        log.add(new FileOp.ForceDirectory(directory));
    }
}
