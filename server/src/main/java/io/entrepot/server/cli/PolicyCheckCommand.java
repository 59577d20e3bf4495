package io.entrepot.server.cli;

import io.entrepot.server.cli.CheckFinding.Kind;
import io.entrepot.server.cli.CheckFinding.Level;
import io.entrepot.server.inspect.Json;
import io.entrepot.server.inspect.Rulings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code entrepot policy check}: what the rules make of the images in Kubernetes manifests, before they are applied. */
@Command(
        name = "check",
        description = {
            "Says what the mirror would make of every image in Kubernetes manifests, asked for by the service account of its"
                    + " pod: containers of all kinds and image volumes, in every document and list.",
            "Exit code 1: one is refused, there is nothing to read, or, with --strict, there is a warning. What depends on"
                    + " content is a note."
        })
final class PolicyCheckCommand implements Callable<Integer> {

    /** In which form findings are printed. */
    enum Form {
        TEXT,
        JSON,
        SARIF
    }

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE",
            description = "Manifests, YAML or JSON; -: standard input. May be given again.")
    private List<Path> files = List.of();

    @Option(
            names = "--default-namespace",
            paramLabel = "NS",
            description = "Of objects that say none; default: ${DEFAULT-VALUE}.")
    private String namespace = "default";

    @Option(names = "--strict", description = "Fail on warnings, too.")
    private boolean strict;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|json|sarif",
            description = "The form of what is printed; default: text.")
    private Form form = Form.TEXT;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Override
    public Integer call() {
        Rulings rulings = config.rulings();
        Instant now = Instant.now();
        List<CheckFinding> findings = new ArrayList<>();
        int images = 0;
        for (Path file : files) {
            TextSource source = new TextSource(file);
            List<ImageUse> uses = uses(source);
            images += uses.size();
            findings.addAll(new ManifestCheck(rulings, now, source.name(), namespace).of(uses));
        }
        print(images, findings);
        return findings.stream().anyMatch(this::fails) ? ExitCode.FAILED : ExitCode.OK;
    }

    /** An empty text is what a pipe brings whose first command failed, and not manifests without an image. */
    private static List<ImageUse> uses(TextSource source) {
        String text = source.text();
        if (text.isBlank()) {
            throw CommandException.failed(
                    source.name() + " is empty (expected: manifests; did the command fail that writes them?)");
        }
        return KubernetesManifests.parse(source.name(), text);
    }

    private boolean fails(CheckFinding finding) {
        Level level = finding.kind().level();
        return level == Level.ERROR || (strict && level == Level.WARNING);
    }

    private void print(int images, List<CheckFinding> findings) {
        PrintWriter out = spec.commandLine().getOut();
        switch (form) {
            case TEXT -> {
                findings.forEach(finding -> out.println(finding.line()));
                long refused = findings.stream()
                        .filter(finding -> finding.kind() == Kind.REFUSED)
                        .count();
                out.println(images + " images, " + refused + " refused");
            }
            case JSON ->
                out.println(Json.text(Map.of(
                        "images",
                        images,
                        "findings",
                        findings.stream().map(CheckFinding::facts).toList())));
            case SARIF -> out.println(Json.text(Sarif.of(findings, BuildInfo.version())));
        }
        out.flush();
    }
}
