package io.entrepot.server.cli;

import io.entrepot.config.FileReason;
import io.entrepot.server.node.Delivery;
import io.entrepot.server.node.NodeFiles;
import io.entrepot.server.node.NodeSetup;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Where the files of {@code entrepot hosts} go: printed, written, or packed for a fleet. */
final class DeliveryOptions {

    @Option(
            names = {"-d", "--dir"},
            paramLabel = "DIR",
            description = "Where to write, instead of printing.")
    private @Nullable Path directory;

    @Option(
            names = "--as",
            paramLabel = "FORM",
            converter = Form.class,
            description = "Prints what a fleet takes: sh, cloud-init or daemonset.")
    private @Nullable Delivery delivery;

    @Option(
            names = "--image",
            paramLabel = "IMAGE",
            defaultValue = "docker.io/library/busybox:1",
            description = "What the DaemonSet runs: any image with a shell (${DEFAULT-VALUE}).")
    private String image = "";

    @Option(names = "--force", description = "Write over files that are somebody else's.")
    private boolean force;

    /** As it is written on a command line, {@code cloud-init}. */
    static final class Form implements ITypeConverter<Delivery> {

        @Override
        public Delivery convert(String text) {
            return Stream.of(Delivery.values())
                    .filter(form -> name(form).equals(text))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(text + " (expected: "
                            + Stream.of(Delivery.values()).map(Form::name).collect(Collectors.joining(", ")) + ")"));
        }

        private static String name(Delivery form) {
            return form.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** The directory that is written to, if one is. */
    @Nullable Path directory() {
        return directory;
    }

    void deliver(NodeSetup setup, PrintWriter out) {
        if (delivery != null && directory != null) {
            throw new IllegalArgumentException("--as prints, --dir writes (expected: one of the two)");
        }
        if (delivery != null) {
            out.print(delivery.text(setup, image));
        } else if (directory != null) {
            write(directory, setup, out);
        } else {
            setup.inOrder().forEach((name, text) -> out.println("# --- " + shown(setup, name) + "\n" + text));
        }
        out.flush();
    }

    private static String shown(NodeSetup setup, String name) {
        return setup.directory().resolve(name).toString();
    }

    private void write(Path directory, NodeSetup setup, PrintWriter out) {
        NodeFiles node = new NodeFiles(directory);
        try {
            List<Path> foreign = node.foreign(setup.files());
            if (!force && !foreign.isEmpty()) {
                throw CommandException.failed(
                        "these files are not ours, nothing was written (--force writes over them): "
                                + foreign.stream().map(Path::toString).collect(Collectors.joining(", ")));
            }
            node.write(setup.files());
            setup.inOrder().keySet().forEach(name -> out.println(directory.resolve(name)));
        } catch (IOException e) {
            throw CommandException.failed("cannot write under " + directory + ": " + FileReason.of(directory, e));
        }
    }
}
