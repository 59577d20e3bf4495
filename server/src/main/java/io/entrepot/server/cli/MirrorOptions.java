package io.entrepot.server.cli;

import io.entrepot.config.ConfigLoader;
import io.entrepot.config.FileReason;
import io.entrepot.oci.Registry;
import io.entrepot.server.node.Endpoints;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the mirror is and what is pulled through it, as every {@code entrepot hosts} is told. */
final class MirrorOptions {

    @Option(
            names = {"-e", "--endpoint"},
            required = true,
            paramLabel = "URL",
            description = "Where the mirror is, https://host:port; may be given again for a second one.")
    private List<URI> endpoints = List.of();

    @Option(names = "--ca", paramLabel = "FILE", description = "The certificate authority of the mirror, PEM.")
    private @Nullable Path ca;

    @Option(
            names = {"-r", "--registry"},
            paramLabel = "HOST",
            description = "A registry that is pulled through the mirror; default: those that a mirror has by default.")
    private List<String> registries = List.of();

    /** @throws IllegalArgumentException if they are no addresses */
    Endpoints endpoints() {
        return new Endpoints(endpoints, authority());
    }

    /** @throws IllegalArgumentException if one is no registry */
    Set<Registry> registries() {
        return registries.isEmpty()
                ? new HashSet<>(ConfigLoader.defaults().upstreams().keySet())
                : registries.stream().map(Registry::parse).collect(Collectors.toCollection(HashSet::new));
    }

    private Optional<String> authority() {
        if (ca == null) {
            return Optional.empty();
        }
        try {
            String pem = Files.readString(ca);
            if (!pem.contains("-----BEGIN CERTIFICATE-----")) {
                throw CommandException.failed(ca + " has no certificate in it (expected: a PEM certificate)");
            }
            return Optional.of(pem);
        } catch (IOException e) {
            throw CommandException.failed(ca + " cannot be read: " + FileReason.of(ca, e));
        }
    }
}
