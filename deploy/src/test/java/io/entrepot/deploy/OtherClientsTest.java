package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that name the mirror in the reference: skopeo, podman, dockerd. */
class OtherClientsTest {

    @TempDir
    Path dir;

    private RealRegistry upstream;
    private PackagedMirror mirror;

    @BeforeEach
    void start() throws Exception {
        upstream = RealRegistry.start(dir.resolve("upstream"));
        mirror = PackagedMirror.start(
                dir.resolve("mirror"), "docker.io: { url: \"" + upstream.url() + "\", internal: true }");
        Images.pushBusybox(dir, upstream.host(), "library/busybox:1");
    }

    @AfterEach
    void stop() {
        mirror.close();
        upstream.close();
    }

    private String image() {
        return mirror.host() + "/docker.io/library/busybox:1";
    }

    @Test
    void skopeoCopiesThroughTheMirror() throws Exception {
        Path policy =
                Files.writeString(dir.resolve("policy.json"), "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}");
        Path copy = dir.resolve("copy");

        Running.run(
                Map.of("LD_LIBRARY_PATH", Tools.libraries()),
                Tools.SKOPEO.path().toString(),
                "--policy",
                policy.toString(),
                "copy",
                "--src-tls-verify=false",
                "docker://" + image(),
                "dir:" + copy);

        assertThat(copy.resolve("manifest.json")).exists();
    }

    @Test
    void podmanPullsAndRuns() throws Exception {
        Tools.requireRoot();
        Path home = Files.createTempDirectory(Path.of("/tmp"), "entp");
        Map<String, String> environment = podman(home);
        String podman = Tools.PODMAN.path().toString();
        try {
            Running.run(environment, podman, "pull", "--tls-verify=false", image());
            String listed = Running.run(environment, podman, "images", "--format", "{{.Repository}}:{{.Tag}}");

            assertThat(listed).contains(image());
        } finally {
            Running.attempt(
                    Map.of(), "sh", "-c", "grep -o ' " + home + "[^ ]*' /proc/mounts | sort -r | xargs -r umount -l");
            Running.attempt(Map.of(), "rm", "-rf", home.toString());
        }
    }

    private static Map<String, String> podman(Path home) throws Exception {
        Path config = Files.createDirectories(home.resolve(".config/containers"));
        Files.writeString(config.resolve("policy.json"), "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}");
        Path storage = Files.writeString(home.resolve("storage.conf"), """
                [storage]
                driver = "vfs"
                runroot = "%s/run"
                graphroot = "%s/graph"
                """.formatted(home, home));
        Path containers = Files.writeString(
                home.resolve("containers.conf"), """
                [engine]
                cgroup_manager = "cgroupfs"
                events_logger = "file"
                conmon_path = ["%s"]
                helper_binaries_dir = ["%s/root-forky/usr/lib/podman"]
                """.formatted(Tools.CONMON.path(), Tools.directory()));
        Path registries = Files.writeString(home.resolve("registries.conf"), "unqualified-search-registries = []\n");
        Map<String, String> environment = new HashMap<>();
        environment.put("HOME", home.toString());
        environment.put(
                "XDG_RUNTIME_DIR", Files.createDirectories(home.resolve("x")).toString());
        environment.put("CONTAINERS_STORAGE_CONF", storage.toString());
        environment.put("CONTAINERS_CONF", containers.toString());
        environment.put("CONTAINERS_REGISTRIES_CONF", registries.toString());
        environment.put("PATH", Tools.searchPath("root-bookworm"));
        return environment;
    }

    @Test
    void dockerdPullsAndRuns() throws Exception {
        Tools.requireRoot();
        Path home = Files.createTempDirectory(Path.of("/tmp"), "entd");
        String socket = "unix://" + home.resolve("d.sock");
        Map<String, String> environment = Map.of(
                "PATH", Tools.searchPath("root-forky"), "LD_LIBRARY_PATH", Tools.libraries(), "DOCKER_HOST", socket);
        Running daemon = Running.start(
                home.resolve("dockerd.log"),
                environment,
                List.of(
                        Tools.DOCKERD.path().toString(),
                        "--data-root",
                        home.resolve("data").toString(),
                        "--exec-root",
                        home.resolve("exec").toString(),
                        "--pidfile",
                        home.resolve("pid").toString(),
                        "-H",
                        socket,
                        "--bridge=none",
                        "--iptables=false",
                        "--ip6tables=false"));
        try (daemon) {
            daemon.await(() -> daemon.output().contains("API listen on"));
            String docker = Tools.DOCKER.path().toString();
            Running.run(environment, docker, "pull", image());

            assertThat(Running.run(environment, docker, "run", "--rm", "--network", "none", image(), "-c", "echo hi"))
                    .contains("hi");
        } finally {
            Running.attempt(
                    Map.of(), "sh", "-c", "grep -o ' " + home + "[^ ]*' /proc/mounts | sort -r | xargs -r umount -l");
            Running.attempt(Map.of(), "rm", "-rf", home.toString());
        }
    }
}
