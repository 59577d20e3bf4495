package io.entrepot.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;

/** podman with a home of its own. */
final class Podman implements AutoCloseable {

    private final Scratch home;
    private final Map<String, String> environment = new HashMap<>();

    private Podman(Scratch home) {
        this.home = home;
    }

    static Podman create() throws IOException, InterruptedException {
        return create("unqualified-search-registries = []\n");
    }

    /** One that finds its registries by this text. */
    static Podman create(String registries) throws IOException, InterruptedException {
        Tools.requireRoot();
        Podman podman = new Podman(Scratch.create());
        podman.configure(registries);
        return podman;
    }

    private void configure(String registries) throws IOException, InterruptedException {
        environment.put("PATH", Tools.searchPath("root-bookworm"));
        environment.put("HOME", home.dir().toString());
        environment.put(
                "XDG_RUNTIME_DIR", Files.createDirectories(home.resolve("x")).toString());
        home.write(".config/containers/policy.json", Skopeo.ACCEPT_ANYTHING);
        put("CONTAINERS_REGISTRIES_CONF", "registries.conf", "%s", registries);
        put("CONTAINERS_STORAGE_CONF", "storage.conf", """
                [storage]
                driver = "vfs"
                runroot = "%1$s/run"
                graphroot = "%1$s/graph"
                """, home.dir());
        put(
                "CONTAINERS_CONF",
                "containers.conf",
                """
                [engine]
                cgroup_manager = "cgroupfs"
                events_logger = "file"
                runtime = "runc"
                conmon_path = ["%s"]
                helper_binaries_dir = ["%s/root-forky/usr/lib/podman"]
                [engine.runtimes]
                runc = ["%s"]
                [containers]
                default_ulimits = ["nofile=%s", "nproc=%s"]
                """,
                Tools.CONMON.path(),
                Tools.directory(),
                Tools.RUNC.path(),
                limit("-Hn"),
                limit("-Hu"));
    }

    private void put(String variable, String file, String text, Object... values) throws IOException {
        environment.put(variable, home.write(file, text, values).toString());
    }

    /** What podman would raise, and may not on every machine. */
    private static String limit(String which) throws IOException, InterruptedException {
        String hard = Command.of("bash", "-c", "ulimit " + which).run().strip();
        String value = hard.equals("unlimited") ? "-1" : hard;
        return value + ":" + value;
    }

    Command podman(Object... arguments) {
        return Tools.PODMAN.command().in(environment).with(arguments);
    }

    /** buildah with the same home; it shares podman's files and its store. */
    Command buildah(Object... arguments) {
        return Tools.BUILDAH.command().in(environment).with(arguments);
    }

    @Override
    public void close() {
        home.close();
    }
}
