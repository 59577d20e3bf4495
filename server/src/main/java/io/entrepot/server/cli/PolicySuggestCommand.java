package io.entrepot.server.cli;

import io.entrepot.server.audit.query.Suggestion;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code entrepot policy suggest}. */
@Command(
        name = "suggest",
        description = {
            "Prints a section policy that allows the repositories from which something was pulled, all their tags to everybody, and"
                    + " nothing else: something to begin with, from the audit log.",
            "What only an exemption let by is left out, and named.",
            "--pins writes a lock file too, with what each tag was last."
        })
final class PolicySuggestCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    private final AuditFilters filters = new AuditFilters();

    @Option(names = "--pins", paramLabel = "FILE", description = "Where pins go, in the form of policy.pins.file.")
    private @Nullable Path pins;

    @Override
    public void run() {
        try {
            Suggestion suggestion = Suggestion.of(AuditAnswers.of(config).all("asked", filters.filters()));
            if (pins != null) {
                Files.writeString(pins, lockFile(suggestion.pins()), StandardOpenOption.CREATE_NEW);
            }
            PrintWriter out = spec.commandLine().getOut();
            out.print(suggestion.policy());
            out.flush();
        } catch (FileAlreadyExistsException e) {
            throw CommandException.failed(pins + " is there already (expected: a new file)");
        } catch (IOException e) {
            throw CommandException.failed(String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()));
        }
    }

    private static String lockFile(Map<String, String> pins) {
        Map<String, Map<String, String>> repositories = new TreeMap<>();
        pins.forEach((image, digest) -> {
            int colon = image.lastIndexOf(':');
            repositories
                    .computeIfAbsent(image.substring(0, colon), any -> new TreeMap<>())
                    .put(image.substring(colon + 1), digest);
        });
        StringBuilder text = new StringBuilder();
        repositories.forEach((repository, tags) -> {
            text.append('"').append(repository).append("\":\n");
            tags.forEach((tag, digest) -> text.append("  \"")
                    .append(tag)
                    .append("\":\n    digest: ")
                    .append(digest)
                    .append("\n    why: \"what it was when it was pulled last\"\n"));
        });
        return text.toString();
    }
}
