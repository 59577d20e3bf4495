package io.entrepot.server.cli;

import io.entrepot.oci.Digest;
import io.entrepot.server.cli.AdminSocket.Answer;
import io.entrepot.storage.disk.Garbage.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** The cache of a running mirror, through its admin socket. */
final class RunningCache implements Cache {

    private final Path socket;

    private RunningCache(Path socket) {
        this.socket = socket;
    }

    /** Empty if no mirror runs behind this socket. */
    static Optional<Cache> find(Path socket) {
        Optional<AdminSocket> mirror = AdminSocket.open(socket);
        mirror.ifPresent(AdminSocket::close);
        return mirror.map(found -> new RunningCache(socket));
    }

    @Override
    public void list(Consumer<String> lines) {
        stream("GET", "/api/v1/cache", lines);
    }

    @Override
    public void verify(Consumer<String> lines) {
        stream("POST", "/api/v1/cache/verify", lines);
    }

    @Override
    public void collect(Limits limits, Consumer<String> lines) {
        String query = "?dry-run=" + limits.dryRun() + "&unused-for="
                + limits.unused().toSeconds() + "&set-aside-for="
                + limits.setAside().toSeconds();
        stream("POST", "/api/v1/cache/gc" + query, lines);
    }

    @Override
    public boolean remove(Digest digest) {
        try (AdminSocket mirror = connect()) {
            Answer answer = mirror.send("DELETE", "/api/v1/cache/" + digest);
            if (answer.status() == 404) {
                return false;
            }
            answer.orFail();
            return true;
        }
    }

    private void stream(String method, String target, Consumer<String> lines) {
        try (AdminSocket mirror = connect()) {
            Answer answer = mirror.send(method, target);
            if (answer.status() != 200) {
                answer.orFail();
            }
            for (String line = answer.body().readLine();
                    line != null;
                    line = answer.body().readLine()) {
                lines.accept(line);
            }
        } catch (IOException e) {
            throw AdminSocket.gone(e);
        }
    }

    private AdminSocket connect() {
        return AdminSocket.open(socket).orElseThrow(() -> CommandException.failed("the mirror has stopped"));
    }

    @Override
    public void close() {}
}
