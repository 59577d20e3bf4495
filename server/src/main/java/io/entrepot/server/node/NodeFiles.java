package io.entrepot.server.node;

import static io.entrepot.server.node.ContainerdHosts.CA_FILE;
import static io.entrepot.server.node.ContainerdHosts.DEFAULT;
import static io.entrepot.server.node.ContainerdHosts.HOSTS_FILE;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Files of a node under one directory: each written as a whole, and never over somebody else's unless that is meant.
 *
 * <p>An empty or missing {@code hosts.toml} in a registry's directory sends containerd to the real registry. So a file is
 * forced to disk before it takes its name, and directories of ours that are no longer asked for are not removed: they get
 * what {@code _default} has.
 */
public final class NodeFiles {

    /** How the files begin that we wrote. */
    static final String MARK = "# Written by entrepot hosts ";

    private final Path directory;

    public NodeFiles(Path directory) {
        this.directory = directory;
    }

    /** Those of these files that are there and that we did not write. */
    public List<Path> foreign(Map<String, String> files) throws IOException {
        List<Path> foreign = new ArrayList<>();
        for (String name : files.keySet()) {
            Path file = directory.resolve(name);
            if (!isCertificate(name) && Files.exists(file) && !isOurs(file) && !holds(file, files.get(name))) {
                foreign.add(file);
            }
        }
        return foreign;
    }

    /** Directories beside these that win over {@code _default} and that we did not write: their file, or that it is missing. */
    public List<Path> bypasses(Map<String, String> files) throws IOException {
        List<Path> bypasses = new ArrayList<>();
        for (Path other : others(files)) {
            Path hosts = other.resolve(HOSTS_FILE);
            if (!Files.exists(hosts)) {
                bypasses.add(other);
            } else if (!isOurs(hosts)) {
                bypasses.add(hosts);
            }
        }
        return bypasses;
    }

    /** Writes them all, readable for everybody, as containerd's are; what holds a node's credential, for its owner alone. */
    public void write(Map<String, String> files) throws IOException {
        Map<String, String> all = new TreeMap<>(NodeSetup.CERTIFICATES_FIRST);
        all.putAll(files);
        all.putAll(stale(files));
        for (Map.Entry<String, String> file : all.entrySet()) {
            write(directory.resolve(file.getKey()), file.getValue());
        }
    }

    /** What directories get that we wrote once and that nobody asks for now. */
    private Map<String, String> stale(Map<String, String> files) throws IOException {
        Map<String, String> stale = new TreeMap<>();
        for (Path other : others(files)) {
            if (Files.exists(other.resolve(HOSTS_FILE)) && isOurs(other.resolve(HOSTS_FILE))) {
                for (String name : List.of(HOSTS_FILE, CA_FILE)) {
                    String text = files.get(DEFAULT + "/" + name);
                    if (text != null) {
                        stale.put(other.getFileName() + "/" + name, text);
                    }
                }
            }
        }
        return stale;
    }

    private List<Path> others(Map<String, String> files) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(Files::isDirectory)
                    .filter(entry -> !isAmong(files, entry.getFileName().toString()))
                    .sorted()
                    .toList();
        }
    }

    /** {@code host:port} is not looked at where {@code host_port_} is there. */
    private static boolean isAmong(Map<String, String> files, String name) {
        return files.containsKey(name + "/" + HOSTS_FILE)
                || files.containsKey(ContainerdHosts.directory(name) + "/" + HOSTS_FILE);
    }

    private static boolean isCertificate(String name) {
        return name.endsWith(".crt");
    }

    /** Some files have no place for a mark. */
    private static boolean holds(Path file, @Nullable String text) throws IOException {
        return Files.size(file) < 1 << 20
                && Files.readString(file, StandardCharsets.ISO_8859_1).equals(text);
    }

    private static boolean isOurs(Path file) throws IOException {
        byte[] mark = MARK.getBytes(StandardCharsets.UTF_8);
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(mark.length), mark);
        }
    }

    private static void write(Path file, String text) throws IOException {
        Path parent = Files.createDirectories(file.toAbsolutePath().getParent());
        Path temporary = Files.createTempFile(parent, ".new-", "");
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                for (ByteBuffer left = StandardCharsets.UTF_8.encode(text); left.hasRemaining(); ) {
                    channel.write(left);
                }
                channel.force(true);
            }
            String permissions = text.contains("\n" + ContainerdHosts.HEADER + " = ") ? "rw-------" : "rw-r--r--";
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString(permissions));
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
