package io.entrepot.deploy;

import java.io.IOException;
import java.nio.file.Path;

/** One dockerd with a state of its own and no network of its own, and its {@code docker}. */
final class Dockerd implements AutoCloseable {

    private final Scratch scratch;
    private final Running process;

    private Dockerd(Scratch scratch, Running process) {
        this.scratch = scratch;
        this.process = process;
    }

    static Dockerd start() throws IOException, InterruptedException {
        return start("{}");
    }

    /** One with this {@code daemon.json}. */
    static Dockerd start(String config) throws IOException, InterruptedException {
        Tools.requireRoot();
        Command daemon = Tools.DOCKERD
                .command()
                .in("PATH", Tools.searchPath("root-forky"))
                .in("LD_LIBRARY_PATH", Tools.libraries());
        Scratch scratch = Scratch.create();
        Path configured = scratch.write("daemon.json", "%s", config);
        Running process = daemon.with("--config-file", configured, "--data-root", scratch.resolve("data"))
                .with("--exec-root", scratch.resolve("exec"), "--pidfile", scratch.resolve("pid"))
                .with("-H", socket(scratch), "--bridge=none", "--iptables=false", "--ip6tables=false")
                .start(scratch.resolve("dockerd.log"));
        Dockerd dockerd = new Dockerd(scratch, process);
        process.await(() -> process.output().contains("API listen on"));
        return dockerd;
    }

    private static String socket(Scratch scratch) {
        return "unix://" + scratch.resolve("d.sock");
    }

    Command docker(Object... arguments) {
        return Tools.DOCKER
                .command()
                .in("DOCKER_HOST", socket(scratch))
                .in("DOCKER_CONFIG", scratch.resolve("client"))
                .in("DOCKER_BUILDKIT", 0)
                .with(arguments);
    }

    @Override
    public void close() {
        process.close();
        scratch.close();
    }
}
