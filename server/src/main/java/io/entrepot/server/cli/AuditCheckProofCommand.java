package io.entrepot.server.cli;

import io.entrepot.server.audit.tlog.BadSignature;
import io.entrepot.server.audit.tlog.Checkpoint;
import io.entrepot.server.audit.tlog.Note;
import io.entrepot.server.audit.tlog.RecordProof;
import io.entrepot.server.audit.tlog.VerifierKey;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code entrepot audit check-proof}. */
@Command(
        name = "check-proof",
        description = {
            "Says whether a record stands in a log, by what entrepot audit proof printed: needs no log, and no mirror.",
            "The record is one line of entrepot audit records, byte for byte."
        },
        footer = {"", "Exit code: 0 it does; 1 it does not, or no key that was named has signed that."})
final class AuditCheckProofCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "PROOF", description = "A file with the proof.")
    private Path proof = Path.of("");

    @Option(names = "--record", required = true, paramLabel = "FILE", description = "A file with the record.")
    private Path record = Path.of("");

    @Option(
            names = "--key",
            required = true,
            paramLabel = "KEY",
            description = "A key of the log or of a witness, NAME+ID+KEY. Again for more: one of them is enough.")
    private List<String> keys = List.of();

    @Override
    public Integer call() {
        try {
            RecordProof proved = RecordProof.parse(Files.readAllBytes(proof));
            List<VerifierKey> known = keys.stream().map(VerifierKey::parse).toList();
            List<Note.Verified> signed = proved.checkpoint().note().verify(known);
            if (signed.isEmpty()) {
                throw CommandException.failed(proof + " is signed by no key that was named");
            }
            if (!proved.proves(line(Files.readAllBytes(record)))) {
                throw CommandException.failed(record + " is not record " + proved.index() + " of that log");
            }
            print(proved, signed);
            return ExitCode.OK;
        } catch (BadSignature e) {
            throw CommandException.failed(proof + ": " + e.getMessage());
        } catch (IOException e) {
            throw CommandException.failed(e.getMessage() + " cannot be read");
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()));
        }
    }

    /** Without the end of the line, which is none of the record's. */
    private static byte[] line(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r')) {
            end--;
        }
        return Arrays.copyOf(bytes, end);
    }

    private void print(RecordProof proved, List<Note.Verified> signed) {
        Checkpoint head = proved.checkpoint().head();
        String by = signed.stream().map(each -> each.key().name()).distinct().collect(Collectors.joining(", "));
        PrintWriter out = spec.commandLine().getOut();
        out.println("record " + proved.index() + " stands in the log " + head.origin() + " of " + head.size()
                + " records, signed by " + by);
        out.flush();
    }
}
