package io.entrepot.deploy;

import io.entrepot.deploy.Command.Outcome;
import java.io.IOException;
import java.nio.file.Path;

/** One containerd with a state of its own, and its {@code ctr}. */
final class Containerd implements AutoCloseable {

    /** The releases that clusters run: the last of 1.6, and 2.1. */
    enum Release {
        V1_6(2, "root-bookworm", "io.containerd.grpc.v1.cri", Tools.CONTAINERD_1_6, Tools.CTR_1_6),
        V2_1(3, "root-forky", "io.containerd.cri.v1.images", Tools.CONTAINERD_2_1, Tools.CTR_2_1);

        private final int configVersion;
        private final String suite;
        private final String images;
        private final Tools daemon;
        private final Tools ctr;

        Release(int configVersion, String suite, String images, Tools daemon, Tools ctr) {
            this.configVersion = configVersion;
            this.suite = suite;
            this.images = images;
            this.daemon = daemon;
            this.ctr = ctr;
        }
    }

    private static final String WITHOUT_CRI = """
            disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime"]
            """;

    private final Release release;
    private final Scratch scratch;
    private final Running process;

    private Containerd(Release release, Scratch scratch, Running process) {
        this.release = release;
        this.scratch = scratch;
        this.process = process;
    }

    /** Starts one that has never pulled anything. */
    static Containerd start(Release release) throws IOException, InterruptedException {
        return start(release, WITHOUT_CRI, "");
    }

    /** One that a kubelet can talk to, with these files as its {@code config_path}. */
    static Containerd startForKubelet(Release release, Path hostsDir) throws IOException, InterruptedException {
        return start(release, "", """
                [plugins."%s".registry]
                  config_path = "%s"
                """.formatted(release.images, hostsDir));
    }

    private static Containerd start(Release release, String first, String last)
            throws IOException, InterruptedException {
        Tools.requireRoot();
        Command daemon = release.daemon.command().in("PATH", Tools.searchPath(release.suite));
        Scratch scratch = Scratch.create();
        Path config = scratch.write("config.toml", """
                version = %1$d
                root = "%2$s/root"
                state = "%2$s/state"
                %3$s
                [grpc]
                  address = "%2$s/c.sock"
                [ttrpc]
                  address = "%2$s/c.sock.ttrpc"
                %4$s
                """, release.configVersion, scratch.dir(), first, last);
        Running process = daemon.with("-c", config).start(scratch.resolve("containerd.log"));
        Containerd containerd = new Containerd(release, scratch, process);
        process.await(() -> process.output().contains("containerd successfully booted"));
        return containerd;
    }

    /** {@code ctr images pull} through these files. */
    Outcome pull(Path hostsDir, String image) throws IOException, InterruptedException {
        return ctr("images", "pull").with("--hosts-dir", hostsDir, image).attempt();
    }

    /** The same, with a user and a password for whoever asks for them. */
    Outcome pullAs(String login, Path hostsDir, String image) throws IOException, InterruptedException {
        return ctr("images", "pull")
                .with("--user", login, "--hosts-dir", hostsDir, image)
                .attempt();
    }

    /** The same, with an identity token for whoever asks. */
    Outcome pullWithIdentityToken(String token, Path hostsDir, String image) throws IOException, InterruptedException {
        return ctr("images", "pull")
                .with("--refresh", token, "--hosts-dir", hostsDir, image)
                .attempt();
    }

    /** {@code ctr images pull} from the registry itself. */
    Outcome pullDirectly(String image) throws IOException, InterruptedException {
        return ctr("images", "pull").with(image).attempt();
    }

    /** Forgets an image; its content may stay for a while. */
    void remove(String image) throws IOException, InterruptedException {
        ctr("images", "rm", "--sync").with(image).run();
    }

    /** The kubelet's call {@code PullImage}, on its socket. */
    Outcome pullAsKubelet(String image, String... userAndPassword) throws IOException, InterruptedException {
        return Tools.CRI
                .command()
                .with(scratch.resolve("c.sock"), "pull", image)
                .with((Object[]) userAndPassword)
                .attempt();
    }

    /** The kubelet's call {@code ImageStatus}. */
    String imageStatus(String image) throws IOException, InterruptedException {
        return Tools.CRI
                .command()
                .with(scratch.resolve("c.sock"), "status", image)
                .run();
    }

    /** Runs a command in a container of the image; returns what it printed. */
    String run(String image, String... command) throws IOException, InterruptedException {
        return ctr("run", "--rm", image, "c1").with((Object[]) command).run();
    }

    private Command ctr(Object... arguments) {
        return release.ctr
                .command()
                .in("PATH", Tools.searchPath(release.suite))
                .with("-a", scratch.resolve("c.sock"), "-n", "test")
                .with(arguments);
    }

    /** Ends it, whatever it is doing. */
    void stop() {
        process.close();
    }

    @Override
    public void close() {
        stop();
        scratch.close();
    }
}
