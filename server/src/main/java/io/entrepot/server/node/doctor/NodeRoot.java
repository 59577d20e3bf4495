package io.entrepot.server.node.doctor;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The files of a node: its root, or a copy of it. Paths are given and shown as the node knows them. */
public record NodeRoot(Path root) {

    public NodeRoot {
        root = root.toAbsolutePath().normalize();
    }

    /** Where a path of the node lies. */
    Path at(String path) {
        return root.resolve(path.replaceFirst("^/+", ""));
    }

    boolean has(String path) {
        return Files.exists(at(path));
    }

    /** A file's text; empty if there is no such file. @throws IOException if it is there and cannot be read */
    Optional<String> read(String path) throws IOException {
        Path file = at(path);
        return Files.isRegularFile(file) ? Optional.of(Files.readString(file)) : Optional.empty();
    }

    /** The paths of this pattern, sorted; a {@code *} stands within one segment, in the last one alone. */
    List<String> glob(String pattern) throws IOException {
        if (pattern.indexOf('*') < 0) {
            return has(pattern) ? List.of(pattern) : List.of();
        }
        int slash = pattern.lastIndexOf('/');
        String directory = pattern.substring(0, Math.max(slash, 0));
        if (!Files.isDirectory(at(directory))) {
            return List.of();
        }
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern.substring(slash + 1));
        try (Stream<Path> entries = Files.list(at(directory))) {
            return entries.map(Path::getFileName)
                    .filter(matcher::matches)
                    .map(name -> directory + "/" + name)
                    .sorted()
                    .toList();
        }
    }

    /** Whether it is the machine that this runs on, whose programs can be asked. */
    public boolean isHere() {
        return root.equals(root.getRoot());
    }
}
