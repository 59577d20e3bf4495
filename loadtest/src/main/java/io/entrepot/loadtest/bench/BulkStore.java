package io.entrepot.loadtest.bench;

import io.entrepot.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * A store full of tiny blobs, written as the mirror would have left it, but for what only makes it durable: a million
 * blobs are there in a minute or two. It has no index file: the mirror makes that at its first start.
 *
 * <p>Every blob belongs to a repository, a hundred to each, whose journal says so. The bytes of a blob are its number,
 * as four bytes, and up to sixty more.
 */
public record BulkStore(Path root, int blobs) {

    private static final int IN_REPOSITORY = 100;
    private static final int LONGEST_REST = 60;

    /** Writes it; returns the bytes of all blobs together. */
    public long fill() throws IOException {
        Files.createDirectories(root.resolve("tmp"));
        Files.createDirectories(root.resolve("set-aside"));
        makeShards();
        long bytes = 0;
        for (int first = 0; first < blobs; first += IN_REPOSITORY) {
            bytes += fillRepository(first, Math.min(blobs, first + IN_REPOSITORY));
        }
        Files.writeString(root.resolve("format"), "entrepot-store 1\n");
        return bytes;
    }

    private void makeShards() throws IOException {
        for (int shard = 0; shard < 256; shard++) {
            Files.createDirectories(shards().resolve(HexFormat.of().toHexDigits((byte) shard)));
        }
    }

    private Path shards() {
        return root.resolve("blobs").resolve("sha256");
    }

    private long fillRepository(int first, int end) throws IOException {
        StringBuilder journal = new StringBuilder();
        long bytes = 0;
        for (int number = first; number < end; number++) {
            byte[] content = content(number);
            Digest digest = Digest.of(content);
            Files.write(shards().resolve(digest.hex().substring(0, 2)).resolve(digest.hex()), content);
            journal.append(line("blob application/octet-stream " + digest + " " + content.length));
            bytes += content.length;
        }
        Path directory = root.resolve("repositories/docker.io/bulk/r" + first / IN_REPOSITORY);
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("_journal"), journal);
        return bytes;
    }

    static byte[] content(int number) {
        Random random = new Random(number);
        byte[] rest = new byte[random.nextInt(LONGEST_REST + 1)];
        random.nextBytes(rest);
        return ByteBuffer.allocate(Integer.BYTES + rest.length)
                .putInt(number)
                .put(rest)
                .array();
    }

    /** A line of a journal: its words, and the CRC32C of them. */
    private static String line(String words) {
        CRC32C crc = new CRC32C();
        crc.update(words.getBytes(StandardCharsets.US_ASCII));
        return words + " " + HexFormat.of().toHexDigits((int) crc.getValue()) + "\n";
    }

    /** Unlinks files as they lie in their directories, until this many are gone; the seconds that it took for each. */
    public double unlink(int count) throws IOException {
        long start = System.nanoTime();
        int gone = 0;
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(shards())) {
            for (Path shard : directories) {
                gone += gone < count ? unlink(shard, count - gone) : 0;
            }
        }
        return (System.nanoTime() - start) / 1e9 / Math.max(1, gone);
    }

    private static int unlink(Path shard, int atMost) throws IOException {
        int gone = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(shard)) {
            for (Path file : files) {
                if (gone == atMost) {
                    break;
                }
                Files.delete(file);
                gone++;
            }
        }
        return gone;
    }
}
