package io.entrepot.server.cli;

import io.entrepot.server.audit.query.Reconcile;
import java.io.IOException;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code entrepot audit reconcile}. */
@Command(
        name = "reconcile",
        description = {
            "Holds what runs in a cluster against what the mirror gave out: kubectl get pods,nodes -A -o json | entrepot audit"
                    + " reconcile",
            "Says what never passed the mirror, or not to that node; what differs from its tag's digest; IfNotPresent and Never"
                    + " on tags that move; and what today's rules would refuse."
        })
final class AuditReconcileCommand implements Runnable {

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    private final AuditFilters filters = new AuditFilters();

    @Mixin
    private final AuditOutput output = new AuditOutput();

    @Override
    public void run() {
        AuditAnswers answers = AuditAnswers.of(config);
        try {
            byte[] pods = System.in.readAllBytes();
            if (pods.length == 0) {
                throw CommandException.usage("nothing on standard input (expected: kubectl get pods,nodes -A -o json)");
            }
            output.write(Reconcile.of(
                    pods,
                    answers.all("inventory", filters.filters()),
                    new ConfiguredRules(
                            config.rulings(answers.config()), answers.config().policy(), Instant.now())));
        } catch (IOException e) {
            throw CommandException.failed("standard input cannot be read: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()));
        }
    }
}
