package io.entrepot.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.entrepot.oci.Digest;
import io.entrepot.oci.ImageRef;
import java.io.PrintWriter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code entrepot pins promote}. */
@Command(
        name = "promote",
        description = {
            "Makes hold what waits for a person: what a first pull proposed as a tag's pin, else that a tag went back to a"
                    + " digest that it had left, where a rule asks for no-rollback.",
            "With --digest, the tag is pinned to that digest, which it must have had. The mirror logs who did it."
        })
final class PinsPromoteCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "IMAGE", description = "As in alpine:3.20.")
    private String given = "";

    @Option(
            names = "--digest",
            paramLabel = "DIGEST",
            description = "Another digest than what was proposed.",
            converter = CacheCommand.ToDigest.class)
    private @Nullable Digest digest;

    @Option(names = "--by", paramLabel = "NAME", description = "Who does it; default: the user's name.")
    private String by = System.getProperty("user.name", "");

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    private final Output output = new Output();

    @Override
    public void run() {
        ImageRef image = PinOptions.image(given);
        JsonNode done = RunningPins.of(config.withoutSecrets()).promote(image, Optional.ofNullable(digest), by);
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                output.isJson()
                        ? done.toString()
                        : image
                                + (done.path("promoted").asText().equals("pin") ? " is pinned to " : " may return to ")
                                + done.path("digest").asText());
        out.flush();
    }
}
