package io.entrepot.server.access;

import io.entrepot.config.FileReason;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What stands in a file, read again when that is another one; what cannot be read changes nothing, and is said once. */
final class WatchedFile<T> implements Supplier<T> {

    private static final Logger LOG = LoggerFactory.getLogger(WatchedFile.class);
    private static final int LARGEST = 4 * 1024 * 1024;

    private final Path path;
    private final Function<String, T> parse;
    private final Runnable onChange;
    private volatile T value;

    // of the thread that follows
    private List<Object> stamp;
    private String complaint = "";

    /**
     * Reads it. @throws IOException naming the file, if it cannot be used
     *
     * @param parse throws IllegalArgumentException with words that may be logged
     * @param onChange is called when there is another value
     */
    WatchedFile(Path path, Function<String, T> parse, Runnable onChange) throws IOException {
        this.path = path;
        this.parse = parse;
        this.onChange = onChange;
        this.stamp = stamp();
        this.value = read();
    }

    @Override
    public T get() {
        return value;
    }

    /** Looks whether it is another one. May block. */
    synchronized void follow() {
        try {
            List<Object> now = stamp();
            if (!now.equals(stamp)) {
                stamp = now;
                value = read();
                complaint = "";
                onChange.run();
                LOG.atInfo().addKeyValue("file", path).log("read again");
            }
        } catch (IOException e) {
            complain(String.valueOf(e.getMessage()));
        }
    }

    private void complain(String reason) {
        if (!reason.equals(complaint)) {
            complaint = reason;
            LOG.atWarn().addKeyValue("reason", reason).log("changed file not used, what it said before holds");
        }
    }

    private T read() throws IOException {
        try {
            if (Files.size(path) > LARGEST) {
                throw new IOException(path + " is too large (expected: at most 4MiB)");
            }
            return parse.apply(Files.readString(path, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new IOException(path + ": " + e.getMessage(), e);
        } catch (FileSystemException | CharacterCodingException e) {
            throw unreadable(e);
        }
    }

    /** What tells it, and what stands in it, from another. */
    synchronized Object content() {
        return List.of(path, stamp);
    }

    private List<Object> stamp() throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return List.of(String.valueOf(attributes.fileKey()), attributes.size(), attributes.lastModifiedTime());
        } catch (FileSystemException e) {
            throw unreadable(e);
        }
    }

    private IOException unreadable(IOException e) {
        return new IOException(path + " cannot be read: " + FileReason.of(path, e), e);
    }
}
