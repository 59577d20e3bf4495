package io.entrepot.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.entrepot.oci.Registry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Files for software other than containerd, as their own readers see them. */
class NodeSoftwareTest {

    private static final String PEM = "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n";
    private static final URI A = URI.create("https://a.corp:5000");
    private static final URI B = URI.create("http://b.corp");
    private static final Set<Registry> REGISTRIES = Set.of(Registry.DOCKER_HUB, new Registry("quay.io"));

    @ParameterizedTest
    @EnumSource
    void eachSaysWhetherARefusalIsFinal(NodeSoftware software) {
        assertThat(software.refusals()).startsWith("A refusal is ").contains("final");
    }

    /** docker's file is JSON, which has no place for it: {@code entrepot hosts docker} says it on standard error. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DOCKER")
    void eachFileSaysSoToo(NodeSoftware software) {
        String said = software.refusals().substring(0, 40);

        assertThat(files(software))
                .allSatisfy((name, text) -> assertThat(name.endsWith(".crt") ? said : text.replace("\n# ", " "))
                        .contains(said));
    }

    @Test
    void dockerKnowsMirrorsOfDockerHubAlone() throws Exception {
        Map<String, String> files = files(NodeSoftware.DOCKER);

        ObjectMapper json = new ObjectMapper();
        assertThat(json.readTree(files.get("daemon.json"))).isEqualTo(json.readTree("""
                {
                  "registry-mirrors": ["https://a.corp:5000", "http://b.corp"],
                  "insecure-registries": ["b.corp"]
                }
                """));
        assertThat(files).containsEntry("certs.d/a.corp:5000/ca.crt", PEM).hasSize(2);
    }

    @Test
    void podmanHasTheMirrorAsLocationOfEachRegistry() {
        Map<String, String> files = files(NodeSoftware.PODMAN);

        assertThat(files.get("registries.conf.d/050-entrepot.conf")).endsWith("""

                [[registry]]
                prefix = "docker.io"
                location = "b.corp/docker.io"
                insecure = true

                [[registry.mirror]]
                location = "a.corp:5000/docker.io"

                [[registry]]
                prefix = "quay.io"
                location = "b.corp/quay.io"
                insecure = true

                [[registry.mirror]]
                location = "a.corp:5000/quay.io"
                """);
        assertThat(files).containsEntry("certs.d/a.corp:5000/ca.crt", PEM).hasSize(2);
    }

    @Test
    void k3sHasAMirrorForEverything() {
        Map<String, String> files = files(NodeSoftware.K3S);
        Map<String, Object> endpoints = Map.of("endpoint", List.of("https://a.corp:5000", "http://b.corp"));

        assertThat(yaml(files.get("registries.yaml")))
                .isEqualTo(Map.of(
                        "mirrors", Map.of("docker.io", endpoints, "quay.io", endpoints, "*", endpoints),
                        "configs",
                                Map.of(
                                        "a.corp:5000",
                                        Map.of("tls", Map.of("ca_file", "/etc/rancher/k3s/mirror-ca.crt")))));
        assertThat(files).containsEntry("mirror-ca.crt", PEM);
    }

    @Test
    void buildkitHasMirrorsByName() {
        assertThat(files(NodeSoftware.BUILDKIT).get("buildkitd.toml")).endsWith("""

                [registry."docker.io"]
                  mirrors = ["a.corp:5000", "b.corp"]

                [registry."quay.io"]
                  mirrors = ["a.corp:5000", "b.corp"]

                [registry."a.corp:5000"]
                  http = false
                  ca = ["/etc/buildkit/mirror-ca.crt"]

                [registry."b.corp"]
                  http = true
                """);
    }

    @Test
    void talosIsToldNotToFallBack() {
        Map<String, Object> mirror =
                Map.of("endpoints", List.of("https://a.corp:5000", "http://b.corp"), "skipFallback", true);
        String ca = Base64.getEncoder().encodeToString(PEM.getBytes(StandardCharsets.US_ASCII));

        assertThat(yaml(files(NodeSoftware.TALOS).get("entrepot-registries.yaml")))
                .isEqualTo(Map.of(
                        "machine",
                        Map.of(
                                "registries",
                                Map.of(
                                        "mirrors", Map.of("docker.io", mirror, "quay.io", mirror, "*", mirror),
                                        "config", Map.of("a.corp:5000", Map.of("tls", Map.of("ca", ca)))))));
    }

    private static Map<String, String> files(NodeSoftware software) {
        return software.setup(new Endpoints(List.of(A, B), Optional.of(PEM)), REGISTRIES)
                .files();
    }

    private static Object yaml(String text) {
        return new Load(LoadSettings.builder().build()).loadFromString(text);
    }
}
