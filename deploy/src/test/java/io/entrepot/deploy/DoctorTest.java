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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What {@code entrepot doctor} calls closed is closed, and what it calls open is open: for each way to write {@code hosts.toml},
 * containerd pulls an image that the mirror refuses, and the registry that has it says whether it was asked.
 */
class DoctorTest {

    @TempDir
    Path dir;

    private RealRegistry registry;
    private PackagedMirror mirror;
    private Path hosts;

    @BeforeEach
    void start() throws Exception {
        registry = RealRegistry.start(dir.resolve("registry"));
        Images.pushBusybox(dir, image());
        mirror = PackagedMirror.ofDockerHub(dir.resolve("mirror"), registry.url());
        hosts = dir.resolve("node/etc/containerd/certs.d/_default/hosts.toml");
        Files.createDirectories(hosts.getParent());
    }

    @AfterEach
    void stop() {
        mirror.close();
        registry.close();
    }

    @ParameterizedTest
    @EnumSource
    void saysWhatContainerdDoes(Containerd.Release release) throws Exception {
        List<String> open = new ArrayList<>();
        try (Containerd containerd = Containerd.start(release)) {
            for (Map.Entry<String, String> form : forms().entrySet()) {
                Files.writeString(hosts, form.getValue().replace("MIRROR", mirror.url()));
                long before = registry.requests();

                Outcome pulled = containerd.pull(hosts.getParent().getParent(), image());
                boolean asked = registry.requests() > before;

                assertThat(isClosed(release))
                        .as(form.getKey() + ": " + pulled.output())
                        .isEqualTo(!asked);
                assertThat(pulled.succeeded())
                        .as(form.getKey() + ": " + pulled.output())
                        .isEqualTo(asked);
                if (asked) {
                    open.add(form.getKey());
                    containerd.remove(image());
                }
            }
        }
        assertThat(open).containsExactlyElementsOf(expectedOpen(release));
    }

    private static List<String> expectedOpen(Containerd.Release release) {
        return switch (release) {
            case V1_6 -> List.of("no server", "the server alone", "nothing in it", "no TOML", "referrers");
            case V2_1 -> List.of("no server", "nothing in it", "no TOML", "referrers", "a timeout without a unit");
        };
    }

    private static Map<String, String> forms() {
        String pulls = "capabilities = [\"pull\", \"resolve\"]\n";
        Map<String, String> forms = new LinkedHashMap<>();
        forms.put("as we write it", "server = \"MIRROR\"\n" + pulls + "[host]\n");
        forms.put("a host for pushes", "server = \"MIRROR\"\n[host.\"MIRROR\"]\n  capabilities = [\"push\"]\n");
        forms.put("no server", "[host.\"MIRROR\"]\n  " + pulls);
        forms.put("the server alone", "server = \"MIRROR\"\n");
        forms.put("nothing in it", "");
        forms.put("no TOML", "server = MIRROR\n[host]\n");
        forms.put("referrers", "server = \"MIRROR\"\ncapabilities = [\"pull\", \"resolve\", \"referrers\"]\n[host]\n");
        forms.put("a timeout without a unit", "server = \"MIRROR\"\n" + pulls + "dial_timeout = \"5\"\n[host]\n");
        return forms;
    }

    /** On a node whose configuration is read by the kubelet's part of this release. */
    private boolean isClosed(Containerd.Release release) throws Exception {
        Files.writeString(dir.resolve("node/etc/containerd/config.toml"), """
                version = 2
                [plugins."io.containerd.grpc.v1.cri".registry]
                  config_path = "/etc/containerd/certs.d"
                """);
        String version = release == Containerd.Release.V1_6 ? "1.6" : "2.1";
        Outcome said = PackagedMirror.entrepot("doctor", "--root", dir.resolve("node"))
                .with("--release", "containerd=" + version, "--registry", registry.host())
                .attempt();
        assertThat(said.output())
                .contains(said.succeeded() ? "closed: what the mirror refuses is refused" : "not closed");
        return said.succeeded();
    }

    /** The mirror knows no such registry, and refuses. */
    private String image() {
        return registry.host() + "/library/busybox:1";
    }
}
