package io.entrepot.deploy;

import io.entrepot.deploy.Running.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One containerd with a state of its own, and its {@code ctr}. */
final class Containerd implements AutoCloseable {

    /** The releases that clusters run: the last of 1.6, and 2.1. */
    enum Release {
        V1_6(2, "root-bookworm", Tools.CONTAINERD_1_6, Tools.CTR_1_6),
        V2_1(3, "root-forky", Tools.CONTAINERD_2_1, Tools.CTR_2_1);

        private final int configVersion;
        private final String suite;
        private final Tools daemon;
        private final Tools ctr;

        Release(int configVersion, String suite, Tools daemon, Tools ctr) {
            this.configVersion = configVersion;
            this.suite = suite;
            this.daemon = daemon;
            this.ctr = ctr;
        }
    }

    private final Release release;
    private final Path dir;
    private final Running process;

    private Containerd(Release release, Path dir, Running process) {
        this.release = release;
        this.dir = dir;
        this.process = process;
    }

    /** Starts one that has never pulled anything. The path of a socket is at most 108 bytes, so its directory is a short one. */
    static Containerd start(Release release) throws IOException, InterruptedException {
        Tools.requireRoot();
        Path dir = Files.createTempDirectory(Path.of("/tmp"), "ent");
        Path config =
                Files.writeString(dir.resolve("config.toml"), """
                version = %d
                root = "%s/root"
                state = "%s/state"
                disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime"]
                [grpc]
                  address = "%s/c.sock"
                [ttrpc]
                  address = "%s/c.sock.ttrpc"
                """.formatted(release.configVersion, dir, dir, dir, dir));
        Running process = Running.start(
                dir.resolve("containerd.log"),
                Map.of("PATH", Tools.searchPath(release.suite)),
                List.of(release.daemon.path().toString(), "-c", config.toString()));
        process.await(() -> process.output().contains("containerd successfully booted"));
        return new Containerd(release, dir, process);
    }

    /** {@code ctr images pull} through these files. */
    Outcome pull(Path hostsDir, String image) throws IOException, InterruptedException {
        return ctr("images", "pull", "--hosts-dir", hostsDir.toString(), image);
    }

    /** Runs a command in a container of the image. */
    Outcome run(String image, String... command) throws IOException, InterruptedException {
        String[] arguments = new String[command.length + 4];
        arguments[0] = "run";
        arguments[1] = "--rm";
        arguments[2] = image;
        arguments[3] = "c1";
        System.arraycopy(command, 0, arguments, 4, command.length);
        return ctr(arguments);
    }

    private Outcome ctr(String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 5];
        command[0] = release.ctr.path().toString();
        command[1] = "-a";
        command[2] = dir.resolve("c.sock").toString();
        command[3] = "-n";
        command[4] = "test";
        System.arraycopy(arguments, 0, command, 5, arguments.length);
        return Running.attempt(Map.of("PATH", Tools.searchPath(release.suite)), command);
    }

    @Override
    public void close() {
        process.close();
        try {
            Running.attempt(
                    Map.of(), "sh", "-c", "grep -o ' " + dir + "[^ ]*' /proc/mounts | sort -r | xargs -r umount -l");
            Running.attempt(Map.of(), "rm", "-rf", dir.toString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
