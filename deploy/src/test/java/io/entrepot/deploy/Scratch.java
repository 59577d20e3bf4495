package io.entrepot.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A directory for a daemon that runs containers: a short one, since the path of a socket has at most 108 bytes. In the end
 * nothing is left of it: no process that has it on its command line, no mount, no file.
 */
record Scratch(Path dir) implements AutoCloseable {

    static Scratch create() throws IOException {
        return new Scratch(Files.createTempDirectory(Path.of("/tmp"), "ent"));
    }

    Path resolve(String name) {
        return dir.resolve(name);
    }

    Path write(String name, String text, Object... values) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text.formatted(values));
    }

    @Override
    public void close() {
        try {
            endProcesses();
            shell("grep -o ' " + dir + "[^ ]*' /proc/mounts | sort -r | xargs -r umount -l");
            shell("rm -rf --one-file-system " + dir);
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The shim of a container that a test left behind has left its parent. */
    private void endProcesses() {
        ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains(dir + "/"))
                .forEach(ProcessHandle::destroyForcibly);
    }

    private static void shell(String script) throws IOException, InterruptedException {
        Command.of("sh", "-c", script).attempt();
    }
}
