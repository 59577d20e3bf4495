package io.entrepot.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.entrepot.config.AuditConfig;
import io.entrepot.server.audit.StoredLog;
import io.entrepot.server.audit.tlog.Verification;
import io.entrepot.server.audit.tlog.Verifier;
import io.entrepot.server.audit.tlog.VerifierKey;
import io.entrepot.server.audit.tlog.VerifyRequest;
import io.entrepot.server.audit.tlog.VerifyRequest.Brought;
import io.entrepot.server.inspect.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code entrepot audit verify}. */
@Command(
        name = "verify",
        description = {
            "Derives the log again from its records, and holds it against every checkpoint beside it and every one that is"
                    + " brought. Names the first bad record.",
            "A log whose checkpoints all lie beside it proves little: whoever changed one could change the other. Bring what"
                    + " was exported (audit.checkpoints), and the log's key from where it was written down."
        },
        footer = {
            "",
            "Exit code: 0 unchanged, and a checkpoint from elsewhere says so; 4 nothing contradicts, and nothing from elsewhere"
                    + " says so (UNANCHORED); 1 changed, damaged or incomplete; 2 wrong usage."
        })
final class AuditVerifyCommand implements Callable<Integer> {

    private static final int UNANCHORED = 4;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Option(
            names = "--checkpoint",
            paramLabel = "FILE",
            description =
                    "A checkpoint from elsewhere: a signed note, or JSON lines as they were exported. Again for more.")
    private List<Path> checkpoints = List.of();

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "A key of the log, NAME+ID+KEY, as entrepot audit keys printed it. Again for more.")
    private List<String> keys = List.of();

    @Option(
            names = "--witness",
            paramLabel = "KEY",
            description = "The key of a witness that is believed, NAME+ID+KEY. Again for more.")
    private List<String> witnesses = List.of();

    @Override
    public Integer call() {
        AuditConfig audit = config.load().audit();
        try {
            StoredLog log = StoredLog.open(audit.path());
            Verification result = Verifier.verify(new VerifyRequest(
                    log.store().directory(),
                    log.records(),
                    audit.origin().isEmpty() ? log.origin() : audit.origin(),
                    keys(keys),
                    brought(),
                    keys(witnesses)));
            PrintWriter out = spec.commandLine().getOut();
            out.print(result);
            out.flush();
            return switch (result.outcome()) {
                case ANCHORED -> ExitCode.OK;
                case UNANCHORED -> UNANCHORED;
                case DAMAGED -> ExitCode.FAILED;
            };
        } catch (IOException e) {
            throw CommandException.failed(audit.path() + " cannot be verified: " + e.getMessage());
        }
    }

    private static List<VerifierKey> keys(List<String> texts) {
        try {
            return texts.stream().map(VerifierKey::parse).toList();
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()));
        }
    }

    private List<Brought> brought() throws IOException {
        List<Brought> all = new ArrayList<>();
        for (Path file : checkpoints) {
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length > 0 && bytes[0] == '{') {
                all.addAll(lines(file, new String(bytes, StandardCharsets.UTF_8)));
            } else {
                all.add(new Brought(file.toString(), bytes));
            }
        }
        return all;
    }

    private static List<Brought> lines(Path file, String text) {
        List<Brought> all = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            JsonNode note = Json.parse(line).path("note");
            if (note.isTextual()) {
                all.add(new Brought(file + ", line " + number, note.asText().getBytes(StandardCharsets.UTF_8)));
            }
        }
        return all;
    }
}
