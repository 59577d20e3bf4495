package io.entrepot.server.cli;

import io.entrepot.oci.ImageRef;
import io.entrepot.oci.Reference.ByDigest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.server.policy.PinBook;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code entrepot pins update}. */
@Command(
        name = "update",
        description = {
            "Pins tags to what their upstreams say now, in the lock file: the given ones, or all that stand in it.",
            "Prints each pin that changes, the old digest and the new one. A mirror that runs asks the upstreams; it reads"
                    + " the file when that changes."
        })
final class PinsUpdateCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "IMAGE", description = "As in alpine:3.20.")
    private List<String> images = List.of();

    @Option(names = "--dry-run", description = "Only prints what would change.")
    private boolean dryRun;

    @Option(names = "--by", paramLabel = "NAME", description = "Who does it; default: the user's name.")
    private String by = System.getProperty("user.name", "");

    @Option(names = "--why", paramLabel = "TEXT", description = "Why; default: what stands in the file.")
    private String why = "";

    @Mixin
    private final PinOptions pins = new PinOptions();

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        List<ImageRef> given = PinOptions.images(images);
        pins.file();
        PinBook before = pins.read();
        RunningPins mirror = RunningPins.of(pins.config());
        PrintWriter out = spec.commandLine().getOut();
        LockEdit edit = new LockEdit(before, out, output.isJson());
        int failed = 0;
        for (ImageRef image : given.isEmpty() ? all(before) : given) {
            failed += update(image, mirror, edit) ? 0 : 1;
        }
        if (edit.changed() > 0 && !dryRun) {
            pins.write(edit.result());
        }
        out.flush();
        return failed == 0 ? ExitCode.OK : ExitCode.FAILED;
    }

    private static List<ImageRef> all(PinBook book) {
        return book.pins().entrySet().stream()
                .flatMap(each -> each.getValue().keySet().stream().map(tag -> new ImageRef(each.getKey(), tag)))
                .sorted(Comparator.comparing(ImageRef::toString))
                .toList();
    }

    /** One that fails leaves its pin as it is. */
    private boolean update(ImageRef image, RunningPins mirror, LockEdit edit) {
        try {
            ImageRef now = mirror.upstream(image);
            edit.pin(now.repository(), (Tag) image.reference(), ((ByDigest) now.reference()).digest(), by, why);
            return true;
        } catch (CommandException e) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("entrepot: " + image + ": " + e.getMessage());
            err.flush();
            return false;
        }
    }
}
