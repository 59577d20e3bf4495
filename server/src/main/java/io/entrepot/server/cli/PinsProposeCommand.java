package io.entrepot.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.entrepot.oci.Digest;
import io.entrepot.oci.ImageRef;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.server.policy.PinBook;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code entrepot pins propose}. */
@Command(
        name = "propose",
        description = {
            "Writes what first pulls pinned or proposed into the lock file, for review: all of it, or the given images.",
            "What stands there already stays. Prints each pin that is added."
        })
final class PinsProposeCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "IMAGE", description = "As in docker.io/library/alpine:3.20.")
    private List<String> images = List.of();

    @Option(names = "--dry-run", description = "Only prints what would be added.")
    private boolean dryRun;

    @Mixin
    private final PinOptions pins = new PinOptions();

    @Mixin
    private final Output output = new Output();

    @Override
    public void run() {
        Set<ImageRef> wanted = new HashSet<>(PinOptions.images(images));
        pins.file();
        PinBook before = pins.read();
        PrintWriter out = spec.commandLine().getOut();
        LockEdit edit = new LockEdit(before, out, output.isJson());
        for (JsonNode line : RunningPins.of(pins.config()).all()) {
            ImageRef image = ImageRef.parse(line.path("image").asText());
            if (isOfAFirstPull(line)
                    && (wanted.isEmpty() || wanted.contains(image))
                    && before.find(image.repository(), (Tag) image.reference()).isEmpty()) {
                edit.pin(
                        image.repository(),
                        (Tag) image.reference(),
                        Digest.parse(line.path("digest").asText()),
                        line.path("by").asText(""),
                        "pulled first on " + line.path("at").asText());
            }
        }
        if (edit.changed() > 0 && !dryRun) {
            pins.write(edit.result());
        }
        out.flush();
    }

    private static boolean isOfAFirstPull(JsonNode line) {
        return Set.of("first-pull", "proposal").contains(line.path("kind").asText());
    }
}
