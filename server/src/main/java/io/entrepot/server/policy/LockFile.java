package io.entrepot.server.policy;

import io.entrepot.config.ConfigException;
import io.entrepot.config.PinConfig;
import io.entrepot.config.PinFile;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Repository;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The lock file as pins, and pins as a lock file: sorted, one value a line, the same text for the same pins, so that a
 * change is as large in a review as it is. What it looks like stands at {@link PinFile}.
 */
public final class LockFile {

    private static final String HEADING =
            "# What tags are pinned to, for review; entrepot pins update writes it anew, without other comments.\n";

    private LockFile() {}

    /** The files that the pins of a configuration are read from, to be watched. */
    public static Set<Path> files(PinConfig config) {
        return config.file().map(Set::of).orElseGet(Set::of);
    }

    /** The pins of a configuration. Blocks. @throws ConfigException with every problem, as {@code file:line: …} */
    public static PinBook read(PinConfig config) throws ConfigException {
        return config.file().isPresent() ? read(config.file().get()) : PinBook.EMPTY;
    }

    /** The pins of a file. Blocks. @throws ConfigException with every problem, as {@code file:line: …} */
    public static PinBook read(Path file) throws ConfigException {
        return book(PinFile.load(file));
    }

    static PinBook book(List<PinFile.Entry> entries) {
        Map<Repository, Map<Tag, Pin>> pins = new HashMap<>();
        entries.forEach(each -> pins.computeIfAbsent(each.repository(), repository -> new HashMap<>())
                .put(each.tag(), new Pin(each.digest(), each.by(), each.why())));
        return new PinBook(pins);
    }

    /** Puts a file with these pins in the place of another, as a whole; a link stays one. Blocks. */
    public static void write(Path file, PinBook pins) throws IOException {
        PinFile.replace(file, text(pins));
    }

    /** The pins as text. */
    public static String text(PinBook pins) {
        StringBuilder text = new StringBuilder(HEADING);
        Map<String, Map<Tag, Pin>> sorted = new TreeMap<>();
        pins.pins().forEach((repository, tags) -> sorted.put(repository.toString(), tags));
        sorted.forEach((repository, tags) -> {
            text.append(repository.startsWith("[") ? quoted(repository) : repository)
                    .append(":\n");
            tags.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey(Comparator.comparing(Tag::name)))
                    .forEach(entry -> text.append(pin(entry.getKey(), entry.getValue())));
        });
        return text.toString();
    }

    private static String pin(Tag tag, Pin pin) {
        return "  " + quoted(tag.name()) + ":\n"
                + "    digest: " + pin.digest() + "\n"
                + (pin.by().isEmpty() ? "" : "    by: " + quoted(pin.by()) + "\n")
                + (pin.why().isEmpty() ? "" : "    why: " + quoted(pin.why()) + "\n");
    }

    /** In double quotes nothing is taken for a number, a comment or the end of a line. */
    private static String quoted(String text) {
        return text.codePoints().mapToObj(LockFile::escaped).collect(Collectors.joining("", "\"", "\""));
    }

    private static String escaped(int character) {
        if (character == '"' || character == '\\') {
            return "\\" + (char) character;
        }
        int type = Character.getType(character);
        boolean plain = character == ' '
                || (!Character.isISOControl(character)
                        && !Character.isSpaceChar(character)
                        && type != Character.FORMAT
                        && type != Character.UNASSIGNED
                        && type != Character.PRIVATE_USE
                        && type != Character.SURROGATE);
        return plain ? Character.toString(character) : String.format("\\U%08X", character);
    }
}
