package io.entrepot.storage.disk;

import io.entrepot.storage.Incident;
import java.io.IOException;
import java.nio.file.Path;

/** Puts aside what lies in the store and is not ours. */
final class Foreign {

    private Foreign() {}

    /** Moves it to {@code set-aside/} and reports it; what cannot be moved is reported and stays. */
    static void setAside(Disk disk, Path file) {
        String path = disk.layout().root().relativize(file).toString();
        try {
            disk.setAside().move(file);
            disk.incidents().report(new Incident.Foreign(path, "not a file of the store; moved to set-aside/"));
        } catch (IOException e) {
            disk.incidents()
                    .report(new Incident.Foreign(path, "not a file of the store; left there: " + e.getMessage()));
        }
    }
}
