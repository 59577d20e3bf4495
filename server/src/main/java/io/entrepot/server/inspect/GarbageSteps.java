package io.entrepot.server.inspect;

import io.entrepot.storage.disk.Garbage;
import io.entrepot.storage.disk.Garbage.Found;
import io.entrepot.storage.disk.Garbage.Piece;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What nothing needs any more, as lines of JSON: one for each thing found, one for each piece of the work that shows how
 * far it is, and, if it cannot go on, one last line that says why.
 *
 * <pre>
 * {"kind":"blob","name":"sha256:…","size":3402011}
 * {"kind":"progress","step":"journals","done":640}
 * {"kind":"problem","message":"…"}
 * </pre>
 */
public final class GarbageSteps implements Steps {

    private final Garbage garbage;
    private boolean failed;

    public GarbageSteps(Garbage garbage) {
        this.garbage = garbage;
    }

    @Override
    public List<String> next() {
        if (failed) {
            return List.of();
        }
        try {
            Optional<Piece> piece = garbage.next();
            return piece.isPresent() ? lines(piece.get()) : List.of();
        } catch (IOException e) {
            failed = true;
            return List.of(Json.text(Map.of("kind", "problem", "message", String.valueOf(e.getMessage()))));
        }
    }

    private static List<String> lines(Piece piece) {
        List<String> lines = new ArrayList<>();
        piece.found().forEach(found -> lines.add(line(found)));
        Map<String, Object> progress = new LinkedHashMap<>();
        progress.put("kind", "progress");
        progress.put("step", piece.step());
        progress.put("done", piece.done());
        lines.add(Json.text(progress));
        return lines;
    }

    private static String line(Found found) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("kind", found.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        line.put("name", found.name());
        line.put("size", found.bytes());
        return Json.text(line);
    }

    @Override
    public void close() {
        garbage.close();
    }
}
