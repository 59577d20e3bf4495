package io.entrepot.config;

import io.entrepot.oci.Digest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A list of digests: one on a line; blank lines and what stands behind a {@code #} mean nothing.
 *
 * <pre>
 * sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  # CVE-2026-1
 * </pre>
 */
public final class DigestFile {

    private static final long LARGEST = 64L << 20;
    private static final int MOST_PROBLEMS = 20;

    private DigestFile() {}

    /**
     * Reads a list of at most 64 MiB. Blocks.
     *
     * @throws ConfigException with what is wrong in it, the first twenty lines of that
     */
    public static Set<Digest> read(Path file) throws ConfigException {
        try {
            return parse(file.toString(), ReadableFile.text(file.toString(), LARGEST, "64MiB"));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(
                    List.of(new ConfigProblem(file.toString(), 0, Problems.printable(String.valueOf(e.getMessage())))));
        }
    }

    /** Reads a list in memory. @throws ConfigException with what is wrong in it */
    static Set<Digest> parse(String name, String text) throws ConfigException {
        Set<Digest> digests = new HashSet<>();
        List<ConfigProblem> problems = new ArrayList<>();
        int number = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            number++;
            int hash = line.indexOf('#');
            String digest = (hash < 0 ? line : line.substring(0, hash)).strip();
            try {
                if (!digest.isEmpty()) {
                    digests.add(Digest.parse(digest));
                }
            } catch (IllegalArgumentException e) {
                problems.add(new ConfigProblem(name, number, Problems.printable(String.valueOf(e.getMessage()))));
            }
            if (problems.size() == MOST_PROBLEMS) {
                break;
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return digests;
    }
}
