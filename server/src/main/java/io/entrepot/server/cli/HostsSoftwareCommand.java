package io.entrepot.server.cli;

import io.entrepot.server.node.NodeSoftware;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code entrepot hosts docker}, {@code podman}, {@code k3s}, {@code buildkit} and {@code talos}. */
@Command
final class HostsSoftwareCommand implements Runnable {

    private final NodeSoftware software;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final MirrorOptions mirror = new MirrorOptions();

    @Mixin
    private final DeliveryOptions delivery = new DeliveryOptions();

    HostsSoftwareCommand(NodeSoftware software) {
        this.software = software;
    }

    @Override
    public void run() {
        try {
            delivery.deliver(
                    software.setup(mirror.endpoints(), mirror.registries()),
                    spec.commandLine().getOut());
            spec.commandLine().getErr().println("note: " + software.refusals());
            spec.commandLine().getErr().flush();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
        }
    }
}
