package io.entrepot.server.cli;

import io.entrepot.server.audit.StoredLog;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code entrepot audit records}. */
@Command(
        name = "records",
        description = {
            "Prints the records as they stand in the log, one JSON object a line, the oldest first.",
            "Reads the log of this configuration from its directory, also while the mirror writes it."
        })
final class AuditRecordsCommand implements Runnable {

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Option(
            names = "--from",
            paramLabel = "SEQ",
            description = "The number of the first record; default: ${DEFAULT-VALUE}.")
    private long from;

    @Override
    public void run() {
        Path directory = config.load().audit().path();
        OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16);
        try {
            StoredLog log = StoredLog.open(directory);
            log.read(Math.max(from, log.first()), log.end(), (seq, record) -> write(out, record));
            written(out::flush);
        } catch (NobodyReads e) {
            // as head does when it has enough
        } catch (IOException e) {
            throw CommandException.failed(directory + " cannot be read: " + e.getMessage());
        }
    }

    /** Whoever took what is printed takes no more. */
    private static final class NobodyReads extends IOException {}

    private interface Writing {
        void run() throws IOException;
    }

    private static void write(OutputStream out, byte[] record) throws NobodyReads {
        written(() -> {
            out.write(record);
            out.write('\n');
        });
    }

    private static void written(Writing writing) throws NobodyReads {
        try {
            writing.run();
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("Broken pipe")) {
                throw new NobodyReads();
            }
            throw CommandException.failed("the records cannot be written: " + e.getMessage());
        }
    }
}
