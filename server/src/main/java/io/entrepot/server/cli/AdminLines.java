package io.entrepot.server.cli;

import io.entrepot.server.cli.AdminSocket.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** Asks a running mirror for lines, one request for each call. */
record AdminLines(Path socket) {

    /** Empty if no mirror runs behind this socket. */
    static Optional<AdminLines> find(Path socket) {
        Optional<AdminSocket> mirror = AdminSocket.open(socket);
        mirror.ifPresent(AdminSocket::close);
        return mirror.map(open -> new AdminLines(socket));
    }

    AdminSocket connect() {
        return AdminSocket.open(socket).orElseThrow(() -> CommandException.failed("the mirror has stopped"));
    }

    void stream(String method, String target, Consumer<String> lines) {
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
}
