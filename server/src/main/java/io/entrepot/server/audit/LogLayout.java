package io.entrepot.server.audit;

import java.nio.file.Path;

/**
 * The directory of a log.
 *
 * <pre>
 *   journal/   what is durable and not sealed yet
 *   sealed/    volumes of 65,536 records, their hashes, the tree, checkpoints, public keys
 *   parquet/   made from the records, for queries; can be made again
 *   cursors/   how far each sink is
 * </pre>
 */
public record LogLayout(Path directory) {

    public Path journal() {
        return directory.resolve("journal");
    }

    public Path sealed() {
        return directory.resolve("sealed");
    }

    public Path cursors() {
        return directory.resolve("cursors");
    }
}
