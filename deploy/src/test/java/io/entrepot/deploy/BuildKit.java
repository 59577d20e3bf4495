package io.entrepot.deploy;

import java.io.IOException;
import java.nio.file.Path;

/** One buildkitd with a state of its own, and its {@code buildctl}. */
final class BuildKit implements AutoCloseable {

    private final Scratch scratch;
    private final Running process;

    private BuildKit(Scratch scratch, Running process) {
        this.scratch = scratch;
        this.process = process;
    }

    /** One with this {@code buildkitd.toml}. */
    static BuildKit start(Path config) throws IOException, InterruptedException {
        Tools.requireRoot();
        Command daemon = Tools.BUILDKITD.command().in("PATH", Tools.searchPath("root-bookworm"));
        Scratch scratch = Scratch.create();
        Running process = daemon.with("--config", config, "--root", scratch.resolve("root"), "--addr", socket(scratch))
                .with("--containerd-worker=false", "--oci-worker-net=host", "--oci-worker-binary=" + Tools.RUNC.path())
                .start(scratch.resolve("buildkitd.log"));
        BuildKit buildKit = new BuildKit(scratch, process);
        process.await(() -> process.output().contains("running server on"));
        return buildKit;
    }

    private static String socket(Scratch scratch) {
        return "unix://" + scratch.resolve("b.sock");
    }

    /** Builds the Dockerfile of a directory; returns what was printed. */
    String build(Path context) throws IOException, InterruptedException {
        return Tools.BUILDCTL
                .command()
                .with("--addr", socket(scratch), "build", "--progress=plain", "--frontend=dockerfile.v0")
                .with("--local", "context=" + context, "--local", "dockerfile=" + context)
                .run();
    }

    @Override
    public void close() {
        process.close();
        scratch.close();
    }
}
