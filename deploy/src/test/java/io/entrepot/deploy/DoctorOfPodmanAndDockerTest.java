package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.deploy.Command.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code entrepot doctor} calls closed is closed, and what it calls open is open, for podman and for dockerd: the mirror
 * refuses the image, and the registry that has it says whether it was asked.
 */
class DoctorOfPodmanAndDockerTest {

    @TempDir
    Path dir;

    private RealRegistry registry;
    private PackagedMirror mirror;
    private Path etc;

    @BeforeEach
    void start() throws Exception {
        registry = RealRegistry.start(dir.resolve("registry"));
        Images.pushBusybox(dir, image());
        mirror = PackagedMirror.ofDockerHub(dir.resolve("mirror"), registry.url());
        etc = Files.createDirectories(dir.resolve("node/etc"));
    }

    @AfterEach
    void stop() {
        mirror.close();
        registry.close();
    }

    @Test
    void saysWhatPodmanDoes() throws Exception {
        Path file = Files.createDirectories(etc.resolve("containers")).resolve("registries.conf");
        List<String> closed = new ArrayList<>();
        for (Map.Entry<String, String> form : forms().entrySet()) {
            String registries = filled(form.getValue());
            Files.writeString(file, registries);
            try (Podman podman = Podman.create(registries)) {
                boolean asked = isAskedBy(podman.podman("pull", "--tls-verify=false", image()), form.getKey());

                assertSaysOf("podman", asked, form.getKey());
                if (!asked) {
                    closed.add(form.getKey());
                }
            }
        }
        assertThat(closed).containsExactly("the mirror is its location", "by its repositories", "blocked");
    }

    @Test
    void saysWhatDockerdDoes() throws Exception {
        Path file = Files.createDirectories(etc.resolve("docker")).resolve("daemon.json");
        for (String more : List.of("", ", \"features\": { \"containerd-snapshotter\": true }")) {
            String config = filled("{ \"registry-mirrors\": [\"MIRROR\"]" + more + " }");
            Files.writeString(file, config);
            try (Dockerd dockerd = Dockerd.start(config)) {
                boolean asked = isAskedBy(dockerd.docker("pull", image()), config);

                assertThat(asked).as(config).isTrue();
                assertSaysOf("docker", asked, config);
            }
        }
    }

    private static Map<String, String> forms() {
        Map<String, String> forms = new LinkedHashMap<>();
        forms.put("nothing in it", "");
        forms.put(
                "the mirror is its location",
                "[[registry]]\nprefix = \"REGISTRY\"\nlocation = \"HOST/registry.test\"\ninsecure = true\n");
        forms.put(
                "by its repositories",
                "[[registry]]\nprefix = \"REGISTRY\"\nlocation = \"REGISTRY\"\nblocked = true\n"
                        + "[[registry]]\nprefix = \"REGISTRY/library\"\nlocation = \"HOST/registry.test/library\"\ninsecure = true\n");
        forms.put(
                "but for one repository",
                "[[registry]]\nprefix = \"REGISTRY\"\nlocation = \"HOST/registry.test\"\ninsecure = true\n"
                        + "[[registry]]\nprefix = \"REGISTRY/library/busybox\"\nlocation = \"REGISTRY/library/busybox\"\n");
        forms.put(
                "a mirror before it",
                "[[registry]]\nlocation = \"REGISTRY\"\ninsecure = true\n"
                        + "[[registry.mirror]]\nlocation = \"HOST/registry.test\"\ninsecure = true\n");
        forms.put("blocked", "[[registry]]\nlocation = \"REGISTRY\"\nblocked = true\n");
        return forms;
    }

    private String filled(String text) {
        return text.replace("MIRROR", mirror.url())
                .replace("HOST", mirror.host())
                .replace("REGISTRY", registry.host());
    }

    private boolean isAskedBy(Command pull, String form) throws Exception {
        long before = registry.requests();
        Outcome pulled = pull.attempt();
        boolean asked = registry.requests() > before;
        assertThat(pulled.succeeded()).as(form + ": " + pulled.output()).isEqualTo(asked);
        return asked;
    }

    private void assertSaysOf(String runtime, boolean asked, String form) throws Exception {
        Outcome said = PackagedMirror.entrepot("doctor", "--root", dir.resolve("node"))
                .with("--runtime", runtime, "--release", "docker=28.5", "--registry", registry.host())
                .attempt();
        List<String> lines = said.output()
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith(registry.host()))
                .toList();
        boolean closed = !lines.isEmpty() && lines.stream().allMatch(line -> line.contains(" closed"));
        assertThat(closed).as(form + ": " + said.output()).isEqualTo(!asked);
    }

    /** The mirror knows no such registry, and refuses. */
    private String image() {
        return registry.host() + "/library/busybox:1";
    }
}
