package io.entrepot.server.audit;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Directories whose files are for nobody but their owner. */
final class OwnerOnly {

    private static final Logger LOG = LoggerFactory.getLogger(KeptLog.class);
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> CHANGE =
            EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
    private static final int STICKY = 01000;

    private OwnerOnly() {}

    /** The directory of a log: made, or shut to others if it is open to them. What cannot be shut, as a mounted volume, is said. */
    static void log(Path directory) throws IOException {
        if (made(directory) || OWNER.containsAll(Files.getPosixFilePermissions(directory))) {
            return;
        }
        try {
            Files.setPosixFilePermissions(directory, OWNER);
            LOG.atWarn().addKeyValue("directory", directory).log("audit log was open to others, and is not any more");
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("directory", directory)
                    .addKeyValue("mode", mode(directory))
                    .addKeyValue("expected", "rwx------")
                    .log("audit log is open to others");
        }
    }

    /**
     * The directory of a key: made, or shut to others if nothing else lies in it. Where others can put another file in the place
     * of the key, that is said; in one that everybody uses, as /tmp is (sticky), they cannot.
     */
    static void key(Path directory, Path key) throws IOException {
        if (made(directory) || OWNER.containsAll(Files.getPosixFilePermissions(directory))) {
            return;
        }
        if (holdsOnly(directory, key.getFileName().toString()) && shut(directory)) {
            return;
        }
        boolean shared = Files.getPosixFilePermissions(directory).stream().anyMatch(CHANGE::contains);
        if (shared && !isSticky(directory)) {
            LOG.atWarn()
                    .addKeyValue("directory", directory)
                    .addKeyValue("mode", mode(directory))
                    .addKeyValue("expected", "nobody else can write there")
                    .log("others can replace the audit key");
        }
    }

    private static boolean made(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return false;
        }
        Path parent = directory.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        try {
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OWNER));
            return true;
        } catch (FileAlreadyExistsException e) {
            if (Files.isDirectory(directory)) {
                return false;
            }
            throw e;
        }
    }

    private static boolean shut(Path directory) {
        try {
            Files.setPosixFilePermissions(directory, OWNER);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean holdsOnly(Path directory, String name) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.allMatch(file -> file.getFileName().toString().startsWith(name));
        }
    }

    private static boolean isSticky(Path directory) throws IOException {
        return ((int) Files.getAttribute(directory, "unix:mode") & STICKY) != 0;
    }

    private static String mode(Path directory) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory));
    }
}
