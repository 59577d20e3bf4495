package io.entrepot.config;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The lock file: what tags are pinned to, at most 16 MiB of YAML.
 *
 * <pre>
 * docker.io/library/alpine:
 *   "3.20":
 *     digest: sha256:beefdbd8…
 *     by: alice                 # may be left out
 *     why: "CVE-2026-1234"      # may be left out
 * </pre>
 */
public final class PinFile {

    private static final int LARGEST = 16 * 1024 * 1024;

    private PinFile() {}

    /** One pin. */
    public record Entry(Repository repository, Tag tag, Digest digest, String by, String why) {}

    /**
     * Every pin of a file, in its order.
     *
     * @throws ConfigException with every problem in it
     */
    public static List<Entry> load(Path file) throws ConfigException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw only(file, "is too large (expected: at most 16MiB)");
            }
            return parse(
                    file.toString(),
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString());
        } catch (CharacterCodingException e) {
            throw only(file, "is not UTF-8 text (expected: YAML in UTF-8)");
        } catch (IOException e) {
            throw only(file, "cannot be read: " + FileReason.of(file, e));
        }
    }

    private static ConfigException only(Path file, String message) {
        return new ConfigException(List.of(new ConfigProblem(file.toString(), 0, message)));
    }

    /**
     * Every pin of a text.
     *
     * @param name what it is called in problems
     * @throws ConfigException with every problem in it
     */
    public static List<Entry> parse(String name, String text) throws ConfigException {
        Reading reading = Reading.of(name, Map.of());
        Section root = Section.root(new YamlReader(name).read(text), reading);
        List<Entry> pins = new ArrayList<>();
        Set<Repository> seen = new HashSet<>();
        for (String key : root.names()) {
            Optional<Repository> repository = checked(root, key, PinFile::repository);
            if (repository.filter(known -> !seen.add(known)).isPresent()) {
                root.problem(key, "is " + repository.get() + ", which stands here already");
            }
            tags(root.section(key), repository, pins);
        }
        reading.problems().throwIfAny();
        return pins;
    }

    /** Puts a file with this text in the place of another, as a whole; a link stays one. Blocks. */
    public static void replace(Path file, String text) throws IOException {
        Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        Path next = target.resolveSibling(target.getFileName() + ".next");
        Files.writeString(next, text);
        Files.move(next, target, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void tags(Section section, Optional<Repository> repository, List<Entry> pins) {
        for (String key : section.names()) {
            Optional<Tag> tag = checked(section, key, Tag::new);
            Section pin = section.section(key);
            Optional<Digest> digest = pin.optional("digest", Digest::parse);
            String by = pin.value("by", "", text -> text);
            String why = pin.value("why", "", text -> text);
            if (!pin.has("digest")) {
                pin.problem("digest is not given (expected: what the tag is pinned to, as in sha256:…)");
            }
            pin.end();
            if (repository.isPresent() && tag.isPresent() && digest.isPresent()) {
                pins.add(new Entry(repository.get(), tag.get(), digest.get(), by, why));
            }
        }
    }

    private static <T> Optional<T> checked(Section section, String key, Function<String, T> parse) {
        try {
            return Optional.of(parse.apply(key));
        } catch (IllegalArgumentException e) {
            section.problem(key, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static Repository repository(String name) {
        int slash = name.indexOf('/');
        if (slash <= 0 || !Registry.looksLikeRegistry(name.substring(0, slash))) {
            throw new IllegalArgumentException(
                    name + " (expected: a registry and a path, as in docker.io/library/alpine)");
        }
        return new Repository(Registry.parse(name.substring(0, slash)), name.substring(slash + 1));
    }
}
