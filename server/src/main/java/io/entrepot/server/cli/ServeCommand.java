package io.entrepot.server.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code entrepot serve}. */
@Command(
        name = "serve",
        description = {
            "Runs the mirror until SIGTERM or SIGINT, then drains and exits with 0; a second signal makes it quick.",
            "SIGHUP reads the configuration again. Without a configuration the big public registries are upstreams,"
                    + " the cache lies under ./data, clients are served on port 5000, and the admin port is 127.0.0.1:5001."
        })
final class ServeCommand implements Callable<Integer> {

    /** Where a certificate may come from when none is configured. */
    enum TlsSource {
        SELF
    }

    private final Serve serve;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Option(
            names = "--tls",
            paramLabel = "self",
            description =
                    "self: make a certificate authority and a certificate under data/tls, and say where they are.")
    private @Nullable TlsSource tls;

    ServeCommand(Serve serve) {
        this.serve = serve;
    }

    @Override
    public Integer call() {
        return serve.run(config.load(), config.file(), tls == TlsSource.SELF);
    }
}
