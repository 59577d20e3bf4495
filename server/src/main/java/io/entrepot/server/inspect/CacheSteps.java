package io.entrepot.server.inspect;

import io.entrepot.oci.Digest;
import io.entrepot.storage.BlobStore;
import io.entrepot.storage.BlobStore.Held;
import io.entrepot.storage.Lease;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Work on every blob that is held, one line for each, made as fast as it is taken. */
public final class CacheSteps implements Steps {

    private static final int PAGE = 256;
    private static final int CHUNK = 1 << 18;

    /** What is found is said within this time, or after the blob that takes longer. */
    private static final long LONGEST_NANOS = 200_000_000;

    /** How one blob becomes a line. */
    private interface Step {
        Map<String, Object> line(Held held) throws IOException;
    }

    private final Stream<Held> stream;
    private final Iterator<Held> held;
    private final Step step;

    private CacheSteps(Stream<Held> stream, Step step) {
        this.stream = stream;
        this.held = stream.iterator();
        this.step = step;
    }

    /** One line for each blob: digest, size, when it was last used and verified. */
    public static CacheSteps list(BlobStore blobs) throws IOException {
        return listAfter(0, blobs);
    }

    /** As {@link #list} without this many of the first lines. */
    public static CacheSteps listAfter(long lines, BlobStore blobs) throws IOException {
        return new CacheSteps(blobs.list().skip(lines), CacheSteps::describe);
    }

    /** Hashes every blob; one line for each: digest, size, and {@code ok}, {@code damaged} (it is set aside) or {@code gone}. */
    public static CacheSteps verify(BlobStore blobs) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);
        return new CacheSteps(blobs.list(), held -> verdict(held, check(blobs, held.digest(), buffer)));
    }

    @Override
    public synchronized List<String> next() throws IOException {
        List<String> lines = new ArrayList<>();
        long start = System.nanoTime();
        while (lines.size() < PAGE && System.nanoTime() - start < LONGEST_NANOS && held.hasNext()) {
            lines.add(Json.text(step.line(held.next())));
        }
        return lines;
    }

    @Override
    public synchronized void close() {
        stream.close();
    }

    private static Map<String, Object> describe(Held held) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("digest", held.digest().toString());
        line.put("size", held.size());
        put(line, "lastUsed", held.lastUsed());
        put(line, "lastVerified", held.lastVerified());
        return line;
    }

    private static void put(Map<String, Object> line, String key, long epochSecond) {
        if (epochSecond > 0) {
            line.put(key, Instant.ofEpochSecond(epochSecond).toString());
        }
    }

    private static Map<String, Object> verdict(Held held, String result) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("digest", held.digest().toString());
        line.put("size", held.size());
        line.put("result", result);
        return line;
    }

    private static String check(BlobStore blobs, Digest digest, ByteBuffer buffer) throws IOException {
        Optional<Lease> found = blobs.inspect(digest);
        if (found.isEmpty()) {
            return "gone";
        }
        try (Lease lease = found.get()) {
            if (hash(lease, buffer).equals(digest)) {
                blobs.verified(lease);
                return "ok";
            }
        }
        blobs.setAside(digest, "cache verify read other bytes than its digest says");
        return "damaged";
    }

    private static Digest hash(Lease lease, ByteBuffer buffer) throws IOException {
        MessageDigest hash = lease.digest().algorithm().newHash();
        FileChannel channel = lease.channel();
        long position = 0;
        int read;
        while ((read = channel.read(buffer.clear(), position)) > 0) {
            hash.update(buffer.flip());
            position += read;
        }
        return Digest.ofHash(lease.digest().algorithm(), hash.digest());
    }
}
