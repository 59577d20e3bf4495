package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/**
 * How far the records are on the disk, for readers in other processes: records below this seq (long), when this machine was
 * started (long, a hash of the kernel's boot id), CRC32C of both (int).
 *
 * <p>It is written after each force and never forced: after a power cut it may say too little, never too much. Then it is of
 * an earlier start of the machine, and everything that can be read is on the disk.
 */
final class Watermark implements AutoCloseable {

    private static final int SIZE = 20;
    private static final int MOST_READS = 10;
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final long BOOT = boot();

    private final JournalFs fs;
    private final FileChannel file;

    private Watermark(JournalFs fs, FileChannel file) {
        this.fs = fs;
        this.file = file;
    }

    /** Opens it for the writer; a new one is forced, so that it can be written later on a full disk. */
    static Watermark open(JournalFs fs, Path path) throws IOException {
        FileChannel file = openOrCreate(fs, path);
        try {
            if (file.size() < SIZE) {
                fs.write(file, ByteBuffer.allocate(SIZE), 0);
                fs.force(file, true);
            }
            return new Watermark(fs, file);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static FileChannel openOrCreate(JournalFs fs, Path path) throws IOException {
        try {
            return fs.create(path);
        } catch (FileAlreadyExistsException e) {
            return fs.openForWriting(path);
        }
    }

    void write(long durable) throws IOException {
        fs.write(file, encoded(durable, BOOT), 0);
    }

    /** What was written last, in whatever life of the machine; 0 if nothing intact is there. */
    long last() throws IOException {
        ByteBuffer read = readFrom(fs, file);
        return isIntact(read) ? read.getLong(0) : 0;
    }

    /** Records below this are on the disk: empty if all that can be read are. */
    static OptionalLong durable(JournalFs fs, Path path) throws IOException {
        try (FileChannel file = fs.open(path)) {
            ByteBuffer read = readFrom(fs, file);
            for (int again = 0; again < MOST_READS && !isIntact(read); again++) {
                // it may be written at this moment
                read = readFrom(fs, file);
            }
            if (!isIntact(read)) {
                return OptionalLong.of(0);
            }
            return read.getLong(8) == BOOT ? OptionalLong.of(read.getLong(0)) : OptionalLong.empty();
        } catch (NoSuchFileException e) {
            return OptionalLong.of(0);
        }
    }

    private static ByteBuffer readFrom(JournalFs fs, FileChannel file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE);
        fs.read(file, bytes, 0);
        return bytes.rewind();
    }

    private static boolean isIntact(ByteBuffer read) {
        long durable = read.getLong(0);
        return durable >= 0 && encoded(durable, read.getLong(8)).equals(read);
    }

    private static ByteBuffer encoded(long durable, long boot) {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE).putLong(durable).putLong(boot);
        return bytes.putInt(crc(bytes.array(), 16)).rewind();
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    /** 1 where the kernel does not say: then a start of the machine is not noticed, and readers see too little for a while. */
    private static long boot() {
        try {
            byte[] id = Files.readString(BOOT_ID).strip().getBytes(StandardCharsets.US_ASCII);
            return (long) crc(id, id.length) << 32 | crc(id, id.length / 2) & 0xffff_ffffL;
        } catch (IOException e) {
            return 1;
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
