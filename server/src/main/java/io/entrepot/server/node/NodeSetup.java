package io.entrepot.server.node;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one kind of software on a node needs to pull through a mirror.
 *
 * @param software what it is for, as in {@code entrepot hosts SOFTWARE}
 * @param directory where the files are at home, an absolute path
 * @param files each file's text by its path under the directory
 */
public record NodeSetup(String software, Path directory, Map<String, String> files) {

    /** Certificates are there before the file that names them: a file that names a missing one may be passed over. */
    static final Comparator<String> CERTIFICATES_FIRST =
            Comparator.comparing((String name) -> !name.endsWith(".crt")).thenComparing(name -> name);

    public NodeSetup {
        files = Map.copyOf(files);
    }

    /** The files in the order in which they are to be written. */
    public SortedMap<String, String> inOrder() {
        SortedMap<String, String> ordered = new TreeMap<>(CERTIFICATES_FIRST);
        ordered.putAll(files);
        return ordered;
    }
}
