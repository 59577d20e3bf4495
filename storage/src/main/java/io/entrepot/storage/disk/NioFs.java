package io.entrepot.storage.disk;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The file operations on a real disk. */
final class NioFs implements StorageFs {

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final String STAT = "unix:ino,size,lastModifiedTime,ctime,isRegularFile,isDirectory";

    @Override
    public FileChannel create(Path file) throws IOException {
        return FileChannel.open(file, Set.of(CREATE_NEW, READ, WRITE), OWNER_FILE);
    }

    @Override
    public FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, Set.of(READ, NOFOLLOW_LINKS));
    }

    @Override
    public FileChannel openForWriting(Path file) throws IOException {
        return FileChannel.open(file, Set.of(READ, WRITE, NOFOLLOW_LINKS));
    }

    @Override
    public void write(FileChannel file, ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += file.write(bytes, at);
        }
    }

    @Override
    public int read(FileChannel file, ByteBuffer into, long position) throws IOException {
        int total = 0;
        while (into.hasRemaining()) {
            int read = file.read(into, position + total);
            if (read < 0) {
                break;
            }
            total += read;
        }
        return total;
    }

    @Override
    public void truncate(FileChannel file, long size) throws IOException {
        file.truncate(size);
    }

    @Override
    public void force(FileChannel file, boolean metadata) throws IOException {
        file.force(metadata);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public boolean delete(Path file) throws IOException {
        return Files.deleteIfExists(file);
    }

    @Override
    public boolean mkdir(Path directory) throws IOException {
        try {
            Files.createDirectory(directory, OWNER_DIRECTORY);
            return true;
        } catch (FileAlreadyExistsException e) {
            if (Files.isDirectory(directory, NOFOLLOW_LINKS)) {
                return false;
            }
            throw new NotDirectoryException(directory.toString());
        }
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, READ)) {
            channel.force(true);
        }
    }

    @Override
    public Optional<Stat> stat(Path path) throws IOException {
        try {
            return Optional.of(stat(Files.readAttributes(path, STAT, NOFOLLOW_LINKS)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static Stat stat(Map<String, Object> values) {
        return new Stat(
                kind(values),
                (Long) value(values, "ino"),
                (Long) value(values, "size"),
                nanos(value(values, "lastModifiedTime")),
                nanos(value(values, "ctime")));
    }

    private static Kind kind(Map<String, Object> values) {
        if ((Boolean) value(values, "isRegularFile")) {
            return Kind.FILE;
        }
        return (Boolean) value(values, "isDirectory") ? Kind.DIRECTORY : Kind.OTHER;
    }

    private static Object value(Map<String, Object> values, String name) {
        Object value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("file attribute " + name + " is missing (expected: a Unix file system)");
        }
        return value;
    }

    private static long nanos(Object time) {
        return ((FileTime) time).to(TimeUnit.NANOSECONDS);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        }
    }

    /** By way of the old API: the new one reads the whole table of mounts first, and this is asked for every eviction. */
    @Override
    public long free(Path path) throws IOException {
        File there = path.toFile();
        long usable = there.getUsableSpace();
        if (usable == 0 && !there.exists()) {
            throw new NoSuchFileException(path.toString());
        }
        return usable;
    }
}
