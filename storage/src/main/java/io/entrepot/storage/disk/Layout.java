package io.entrepot.storage.disk;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Where things lie in a store.
 *
 * <pre>
 * format                                       "entrepot-store 1"
 * lock                                         locked while a process has the store open; holds its process id
 * index                                        what is known of the blobs; may be deleted at any time
 * blobs/sha256/ab/ab12…                        a blob under its digest
 * tmp/                                         what is being written; emptied at start
 * set-aside/                                   what was damaged or not ours
 * repositories/registry.corp+5000/team/app/_journal   tags and links of registry.corp:5000/team/app
 * </pre>
 *
 * <p>A registry's {@code :} is written {@code +}, which no registry has in its name. A path segment begins with a letter
 * or a digit, so a file of ours, which begins with {@code _}, can never meet a repository of that name.
 */
record Layout(Path root) {

    static final String JOURNAL = "_journal";

    /** Every name that we use directly under the root. */
    static final Set<String> NAMES =
            Set.of("format", "format.new", "lock", "index", "blobs", "tmp", "set-aside", "repositories");

    Path format() {
        return root.resolve("format");
    }

    Path lock() {
        return root.resolve("lock");
    }

    Path index() {
        return root.resolve("index");
    }

    Path temporary() {
        return root.resolve("tmp");
    }

    Path setAside() {
        return root.resolve("set-aside");
    }

    Path blobs() {
        return root.resolve("blobs");
    }

    Path blobs(Digest.Algorithm algorithm) {
        return blobs().resolve(algorithm.label());
    }

    /** A shard: one of 256 for each algorithm. */
    Path directory(Digest digest) {
        return blobs(digest.algorithm()).resolve(digest.hex().substring(0, 2));
    }

    Path blob(Digest digest) {
        return directory(digest).resolve(digest.hex());
    }

    /** The digest whose blob lies at this path, if it is the path of one. */
    Optional<Digest> digest(Digest.Algorithm algorithm, Path file) {
        try {
            Digest digest = new Digest(algorithm, String.valueOf(file.getFileName()));
            return blob(digest).equals(file) ? Optional.of(digest) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    Path repositories() {
        return root.resolve("repositories");
    }

    Path directory(Repository repository) {
        String registry = repository.registry().name().replace(':', '+');
        return repositories().resolve(registry).resolve(repository.path());
    }

    Path journal(Repository repository) {
        return directory(repository).resolve(JOURNAL);
    }

    /** The repository whose journal lies in this directory, if it can be one. */
    Optional<Repository> repository(Path directory) {
        Path relative = repositories().relativize(directory);
        if (relative.getNameCount() < 2) {
            return Optional.empty();
        }
        try {
            Registry registry = new Registry(relative.getName(0).toString().replace('+', ':'));
            String path = relative.subpath(1, relative.getNameCount()).toString();
            Repository repository = new Repository(registry, path);
            return directory(repository).equals(directory) ? Optional.of(repository) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
