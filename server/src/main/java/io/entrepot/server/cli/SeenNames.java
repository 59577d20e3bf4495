package io.entrepot.server.cli;

import io.entrepot.server.inspect.SightingLines;
import io.entrepot.server.pull.Sighting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Names that clients asked for: from a running mirror, else from the file that the last one left. */
record SeenNames(Path socket, String target, Path file) {

    List<Sighting> read() {
        Optional<AdminLines> mirror = AdminLines.find(socket);
        if (mirror.isEmpty()) {
            return stored();
        }
        List<Sighting> seen = new ArrayList<>();
        mirror.get().stream("GET", target, line -> seen.add(SightingLines.parse(line)));
        return seen;
    }

    void clear() {
        Optional<AdminLines> mirror = AdminLines.find(socket);
        if (mirror.isPresent()) {
            mirror.get().stream("DELETE", target, line -> {});
            return;
        }
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw CommandException.failed(file + " cannot be deleted: " + e);
        }
    }

    private List<Sighting> stored() {
        try {
            return SightingLines.read(file);
        } catch (IOException e) {
            throw CommandException.failed(file + " cannot be read: " + e);
        }
    }
}
