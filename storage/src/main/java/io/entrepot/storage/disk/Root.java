package io.entrepot.storage.disk;

import io.entrepot.storage.Incident;
import io.entrepot.storage.disk.StorageFs.Stat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A store's directory as a whole: that it is ours, that we can read what is in it, and that it can be written.
 *
 * <p>The file {@code format} holds the line {@code entrepot-store 1}: the number grows when an older version could no
 * longer read what a newer one wrote.
 */
final class Root {

    private static final int VERSION = 1;
    private static final String FORMAT = "entrepot-store " + VERSION;
    private static final Pattern GRAMMAR = Pattern.compile("entrepot-store ([0-9]{1,9})\\s*");

    /** What may be in a directory that a store is made in: a file system's own, and traces of an attempt that died. */
    private static final Set<String> BEFORE_FORMAT = Set.of("lost+found", "lock", "format.new");

    private Root() {}

    /** Makes the directory if need be and returns its real path. */
    static Path make(StorageFs fs, Path path) throws IOException {
        Path root = path.toAbsolutePath().normalize();
        try {
            makeWithParents(fs, root);
            return root.toRealPath();
        } catch (FileSystemException e) {
            throw new IOException("store " + root + " cannot be made: " + reason(e), e);
        }
    }

    private static void makeWithParents(StorageFs fs, Path directory) throws IOException {
        Path parent = directory.getParent();
        if (parent == null || isDirectory(fs, directory)) {
            return;
        }
        makeWithParents(fs, parent);
        fs.mkdir(directory);
        fs.forceDirectory(parent);
    }

    private static boolean isDirectory(StorageFs fs, Path path) throws IOException {
        Optional<Stat> stat = fs.stat(path);
        return stat.isPresent() && (stat.get().isDirectory() || path.toFile().isDirectory());
    }

    /** As in {@code /data/cache: permission denied}; the JDK's own message is often the path alone. */
    private static String reason(FileSystemException e) {
        return e.getFile() + ": " + words(e);
    }

    private static String words(FileSystemException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        } else if (e instanceof NotDirectoryException) {
            return "is not a directory";
        } else if (e instanceof NoSuchFileException) {
            return "does not exist";
        }
        return e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
    }

    /** Refuses a directory that is not a store and not empty; to be asked before anything is written into it. */
    static void refuseForeign(Disk disk) throws IOException {
        if (disk.fs().stat(disk.layout().format()).isPresent()) {
            return;
        }
        List<String> foreign = names(disk).stream()
                .filter(name -> !BEFORE_FORMAT.contains(name))
                .sorted()
                .limit(3)
                .toList();
        if (!foreign.isEmpty()) {
            throw notOurs(disk, foreign);
        }
    }

    private static IOException notOurs(Disk disk, List<String> names) {
        return new IOException(
                "store " + disk.layout().root() + " is not an Entrepot store: it has no file 'format' but has " + names
                        + " (expected: an empty directory, or one made by Entrepot)");
    }

    private static List<String> names(Disk disk) throws IOException {
        return disk.fs().list(disk.layout().root()).stream()
                .map(path -> String.valueOf(path.getFileName()))
                .toList();
    }

    static IOException notWritable(Layout layout, IOException cause) {
        String why = cause instanceof FileSystemException e ? reason(e) : String.valueOf(cause.getMessage());
        return new IOException(
                "store " + layout.root() + " cannot be written: " + why + " (expected: a directory that user "
                        + System.getProperty("user.name") + " can write)",
                cause);
    }

    /** Makes a locked directory ready for use. */
    static void prepare(Disk disk) throws IOException {
        try {
            refuseForeign(disk);
            format(disk);
            clean(disk);
            disk.directories().ensure(disk.layout().blobs());
            disk.directories().ensure(disk.layout().repositories());
            disk.directories().ensure(disk.layout().setAside());
        } catch (FileSystemException e) {
            throw notWritable(disk.layout(), e);
        }
    }

    /** Checks the format, or writes it into a new store. */
    private static void format(Disk disk) throws IOException {
        Path file = disk.layout().format();
        if (disk.fs().stat(file).isEmpty()) {
            write(disk);
            return;
        }
        String text = read(disk, file);
        Matcher known = GRAMMAR.matcher(text);
        if (known.matches()) {
            refuseNewer(disk, text.strip(), Integer.parseInt(known.group(1)));
        } else {
            repair(disk, text);
        }
    }

    private static void refuseNewer(Disk disk, String text, int version) throws IOException {
        if (version > VERSION) {
            throw new IOException("store " + disk.layout().root() + " has format '" + text
                    + "', which is newer than this version of Entrepot can read (expected: at most '" + FORMAT + "')");
        }
    }

    /** A damaged format file among nothing but our own names stands in a store of ours. */
    private static void repair(Disk disk, String text) throws IOException {
        List<String> names = names(disk);
        if (!Layout.NAMES.containsAll(
                names.stream().filter(name -> !name.equals("lost+found")).toList())) {
            throw notOurs(
                    disk,
                    names.stream()
                            .filter(name -> !Layout.NAMES.contains(name))
                            .sorted()
                            .limit(3)
                            .toList());
        }
        disk.setAside().tryCopy(disk.layout().format(), text.getBytes(StandardCharsets.UTF_8));
        write(disk);
        disk.incidents().report(new Incident.Unreadable("format", "nothing: it was written again as " + FORMAT));
    }

    private static String read(Disk disk, Path file) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(64);
        try (FileChannel channel = disk.fs().open(file)) {
            disk.fs().read(channel, text, 0);
        }
        return StandardCharsets.UTF_8.decode(text.flip()).toString();
    }

    private static void write(Disk disk) throws IOException {
        Path fresh = disk.layout().root().resolve("format.new");
        disk.fs().delete(fresh);
        byte[] line = (FORMAT + "\n").getBytes(StandardCharsets.UTF_8);
        Replace.file(
                disk.fs(),
                fresh,
                disk.layout().format(),
                channel -> disk.fs().write(channel, ByteBuffer.wrap(line), 0));
    }

    /** Empties {@code tmp/}; what is not a plain file there is not ours and is set aside. */
    private static void clean(Disk disk) throws IOException {
        disk.directories().ensure(disk.layout().temporary());
        for (Path left : disk.fs().list(disk.layout().temporary())) {
            if (disk.fs().stat(left).filter(Stat::isDirectory).isPresent()) {
                Foreign.setAside(disk, left);
            } else {
                disk.fs().delete(left);
            }
        }
    }
}
