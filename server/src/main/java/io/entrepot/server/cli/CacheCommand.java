package io.entrepot.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.entrepot.config.MirrorConfig;
import io.entrepot.oci.Digest;
import io.entrepot.server.inspect.Json;
import io.entrepot.server.inspect.StateDir;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code entrepot cache}: looks at the cache, of a running mirror through its admin socket, else in the store itself. */
@Command(
        name = "cache",
        description = "Looks at what is held: through a running mirror, or in the store itself where none runs.",
        subcommands = {
            CacheCommand.List_.class,
            CacheCommand.Remove.class,
            CacheCommand.Verify.class,
            CacheGcCommand.class,
            MissesCommand.class
        })
final class CacheCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which of ls, rm, verify, gc, misses?");
    }

    static Cache open(MirrorConfig config) {
        return RunningCache.find(StateDir.of(config).adminSocket()).orElseGet(() -> StoredCache.open(config));
    }

    /** {@code entrepot cache ls}. */
    @Command(name = "ls", description = "Lists the blobs that are held: digest, size in bytes, last use.")
    static final class List_ implements Runnable {

        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Mixin
        private final ConfigOption config = new ConfigOption();

        @Mixin
        private final Output output = new Output();

        @Override
        public void run() {
            PrintWriter out = spec.commandLine().getOut();
            try (Cache cache = open(config.withoutSecrets())) {
                cache.list(line -> out.println(output.isJson() ? line : row(Json.parse(line))));
            }
            out.flush();
        }

        private static String row(JsonNode blob) {
            String used = blob.path("lastUsed").asText("-");
            return String.format(
                    "%s %12d %s",
                    blob.path("digest").asText(), blob.path("size").asLong(), used);
        }
    }

    /** {@code entrepot cache rm}. */
    @Command(name = "rm", description = "Removes blobs; the next pull fetches them again. Pulls in progress finish.")
    static final class Remove implements Callable<Integer> {

        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Parameters(arity = "1..*", paramLabel = "DIGEST", description = "sha256:…", converter = ToDigest.class)
        private List<Digest> digests = List.of();

        @Mixin
        private final ConfigOption config = new ConfigOption();

        @Override
        public Integer call() {
            int missing = 0;
            try (Cache cache = open(config.withoutSecrets())) {
                for (Digest digest : digests) {
                    missing += remove(cache, digest) ? 0 : 1;
                }
            }
            return missing == 0 ? ExitCode.OK : ExitCode.FAILED;
        }

        private boolean remove(Cache cache, Digest digest) {
            boolean removed = cache.remove(digest);
            spec.commandLine().getOut().println(digest + (removed ? " removed" : " is not held"));
            return removed;
        }
    }

    /** {@code entrepot cache verify}. */
    @Command(
            name = "verify",
            description =
                    "Hashes every blob that is held. What is damaged is set aside and fetched again when it is asked for.")
    static final class Verify implements Callable<Integer> {

        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Mixin
        private final ConfigOption config = new ConfigOption();

        @Mixin
        private final Output output = new Output();

        @Override
        public Integer call() {
            VerifyReport report = new VerifyReport(spec.commandLine().getOut(), output.isJson());
            try (Cache cache = open(config.withoutSecrets())) {
                cache.verify(report::line);
            }
            return report.end() ? ExitCode.OK : ExitCode.FAILED;
        }
    }

    /** Text on a command line as a digest. */
    static final class ToDigest implements ITypeConverter<Digest> {

        @Override
        public Digest convert(String text) {
            try {
                return Digest.parse(text);
            } catch (IllegalArgumentException e) {
                throw new picocli.CommandLine.TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
