package io.entrepot.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Reads a configuration: one YAML document, at most 1 MiB. */
public final class ConfigLoader {

    private static final int LARGEST = 1024 * 1024;

    private ConfigLoader() {}

    /** The configuration used when there is no file. */
    public static MirrorConfig defaults() {
        try {
            return parse("defaults", "", Map.of());
        } catch (ConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads and checks a file; relative paths in it are relative to the working directory.
     *
     * @throws ConfigException with every problem in it
     */
    public static MirrorConfig load(Path file) throws ConfigException {
        return check(file).config();
    }

    /**
     * A configuration that can be used.
     *
     * @param doubts what in it can hardly be meant, in the order of the lines: a rule that nothing can match
     */
    public record Checked(MirrorConfig config, List<ConfigProblem> doubts) {
        public Checked {
            doubts = List.copyOf(doubts);
        }
    }

    /**
     * Reads and checks a file as {@link #load} does, and says what is doubtful in it.
     *
     * @throws ConfigException with every problem in it
     */
    public static Checked check(Path file) throws ConfigException {
        return read(file, Secrets.of(System.getenv()));
    }

    /**
     * Reads a file for who asks what is written in it, as what its rules say, perhaps elsewhere than where the mirror runs:
     * secrets, keys, certificates, files of users and of an issuer's keys are not looked for, and what stands for them opens
     * nothing. What rules speak of is read: their directory, the lock file, lists of digests.
     *
     * @throws ConfigException with every problem in it
     */
    public static MirrorConfig loadWithoutSecrets(Path file) throws ConfigException {
        return read(file, Secrets.unread()).config();
    }

    private static Checked read(Path file, Secrets secrets) throws ConfigException {
        try (InputStream in = Files.newInputStream(file)) {
            return check(file.toString(), utf8(in.readNBytes(LARGEST + 1)), secrets);
        } catch (CharacterCodingException e) {
            throw only(file.toString(), "is not UTF-8 text (expected: YAML in UTF-8)");
        } catch (IOException e) {
            throw only(file.toString(), "cannot be read: " + FileReason.of(file, e));
        }
    }

    /**
     * Checks a configuration in memory.
     *
     * @param name what it is called in problems
     * @throws ConfigException with every problem in it
     */
    public static MirrorConfig parse(String name, String text, Map<String, String> environment) throws ConfigException {
        return check(name, text, Secrets.of(environment)).config();
    }

    static Checked check(String name, String text, Secrets secrets) throws ConfigException {
        if (text.length() > LARGEST) {
            throw only(name, "is too large (expected: at most 1MiB)");
        }
        Reading reading = Reading.of(name, secrets);
        Section root = Section.root(new YamlReader(name).read(text), reading);
        MirrorConfig config = new ConfigReader(root).read();
        reading.problems().throwIfAny();
        return new Checked(config, reading.doubts().all());
    }

    private static String utf8(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }

    private static ConfigException only(String name, String message) {
        return new ConfigException(List.of(new ConfigProblem(name, 0, message)));
    }
}
