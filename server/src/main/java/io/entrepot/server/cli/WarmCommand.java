package io.entrepot.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.entrepot.config.FileReason;
import io.entrepot.oci.ImageRef;
import io.entrepot.oci.Platform;
import io.entrepot.server.inspect.Json;
import io.entrepot.server.inspect.StateDir;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code entrepot warm}: has a running mirror bring images in before anybody asks for them. */
@Command(
        name = "warm",
        description = {
            "Has the running mirror bring images into its store, with every manifest, blob and referrer (signatures,"
                    + " bills of materials), under the same rules as any pull.",
            "LIST has one image a line, or is Kubernetes manifests; without it, or for -, standard input is read. What is"
                    + " held is not fetched again: run it once more after a failure, and it goes on."
        })
final class WarmCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "LIST", description = "A file; -: standard input.")
    private @Nullable Path list;

    @Option(
            names = "--platform",
            split = ",",
            paramLabel = "OS/ARCH",
            description = "Only these of an image for several, as in linux/amd64,linux/arm64; default: all.",
            converter = ToPlatform.class)
    private List<Platform> platforms = List.of();

    @Option(names = "--parallel", paramLabel = "N", description = "So many images at a time, 1 to 64; default: 4.")
    private int parallel = 4;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() throws InterruptedException {
        if (parallel < 1 || parallel > 64) {
            throw CommandException.usage("--parallel: " + parallel + " (expected: 1 to 64)");
        }
        AdminLines mirror = AdminLines.find(StateDir.of(config.withoutSecrets()).adminSocket())
                .orElseThrow(() -> CommandException.failed(
                        "no mirror runs with this configuration: it is the mirror that fetches"));
        List<ImageRef> images = ImageList.parse(text());
        WarmReport report = new WarmReport(
                spec.commandLine().getOut(), spec.commandLine().getErr(), output.isJson(), images.size());
        all(images, mirror, report);
        return report.end() ? ExitCode.OK : ExitCode.FAILED;
    }

    private String text() {
        try {
            return list == null || list.toString().equals("-")
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(list);
        } catch (IOException e) {
            throw CommandException.failed(
                    "the list " + list + " cannot be read: " + FileReason.of(Path.of(String.valueOf(list)), e)
                            + " (an image by name: echo NAME | entrepot warm)");
        }
    }

    private void all(List<ImageRef> images, AdminLines mirror, WarmReport report) throws InterruptedException {
        ExecutorService lanes = Executors.newFixedThreadPool(parallel);
        try {
            List<Future<?>> running = new ArrayList<>();
            images.forEach(image -> running.add(lanes.submit(() -> report.came(image, warm(image, mirror)))));
            for (Future<?> each : running) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof CommandException told ? told : new IllegalStateException(e);
        } finally {
            lanes.shutdownNow();
        }
    }

    private JsonNode warm(ImageRef image, AdminLines mirror) {
        StringBuilder target = new StringBuilder("/api/v1/warm?image=").append(escaped(image));
        platforms.forEach(platform -> target.append("&platform=").append(escaped(platform)));
        StringBuilder answer = new StringBuilder();
        mirror.stream("POST", target.toString(), answer::append);
        return Json.parse(answer.toString());
    }

    private static String escaped(Object value) {
        return URLEncoder.encode(value.toString(), StandardCharsets.UTF_8);
    }

    /** Text on a command line as a platform. */
    static final class ToPlatform implements ITypeConverter<Platform> {

        @Override
        public Platform convert(String text) {
            try {
                return Platform.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
