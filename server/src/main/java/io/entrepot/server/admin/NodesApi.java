package io.entrepot.server.admin;

import io.entrepot.oci.RegistryException;
import io.entrepot.server.access.NodeCredentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/** The credentials of nodes: {@code GET}, {@code POST} and {@code DELETE} of {@code /api/v1/nodes?name=…}. */
public final class NodesApi {

    private final NodeCredentials nodes;
    private final BooleanSupplier enabled;
    private final Executor executor;

    /** @param enabled whether the data port takes them at all */
    public NodesApi(NodeCredentials nodes, BooleanSupplier enabled, Executor executor) {
        this.nodes = nodes;
        this.enabled = enabled;
        this.executor = executor;
    }

    CompletableFuture<Reply> list() {
        List<Map<String, String>> all = nodes.list().stream()
                .map(node -> Map.of("name", node.name(), "issued", node.issued().toString(), "sha256", node.hash()))
                .toList();
        return CompletableFuture.completedFuture(Reply.json(200, Map.of("nodes", all)));
    }

    CompletableFuture<Reply> issue(String name) {
        if (!enabled.getAsBoolean()) {
            throw new RegistryException.Denied(
                    "this mirror takes no credentials of nodes (expected: access.nodes: true)");
        }
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return Reply.json(200, Map.of("name", name, "credential", nodes.issue(name, Instant.now())));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                executor);
    }

    CompletableFuture<Reply> revoke(String name) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return Reply.json(200, Map.of("name", name, "revoked", nodes.revoke(name)));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                executor);
    }
}
