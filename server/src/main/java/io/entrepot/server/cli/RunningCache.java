package io.entrepot.server.cli;

import io.entrepot.oci.Digest;
import io.entrepot.server.cli.AdminSocket.Answer;
import io.entrepot.storage.disk.Garbage.Limits;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** The cache of a running mirror, through its admin socket. */
final class RunningCache implements Cache {

    private final AdminLines mirror;

    private RunningCache(AdminLines mirror) {
        this.mirror = mirror;
    }

    /** Empty if no mirror runs behind this socket. */
    static Optional<Cache> find(Path socket) {
        return AdminLines.find(socket).map(RunningCache::new);
    }

    @Override
    public void list(Consumer<String> lines) {
        mirror.stream("GET", "/api/v1/cache", lines);
    }

    @Override
    public void verify(Consumer<String> lines) {
        mirror.stream("POST", "/api/v1/cache/verify", lines);
    }

    @Override
    public void collect(Limits limits, Consumer<String> lines) {
        String query = "?dry-run=" + limits.dryRun() + "&unused-for="
                + limits.unused().toSeconds() + "&set-aside-for="
                + limits.setAside().toSeconds();
        mirror.stream("POST", "/api/v1/cache/gc" + query, lines);
    }

    @Override
    public boolean remove(Digest digest) {
        try (AdminSocket connection = mirror.connect()) {
            Answer answer = connection.send("DELETE", "/api/v1/cache/" + digest);
            if (answer.status() == 404) {
                return false;
            }
            answer.orFail();
            return true;
        }
    }

    @Override
    public void close() {}
}
