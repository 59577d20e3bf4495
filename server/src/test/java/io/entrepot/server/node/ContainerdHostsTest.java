package io.entrepot.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.oci.Registry;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a node's containerd is told, to the letter: what it cannot read it answers by going around the mirror. */
class ContainerdHostsTest {

    private static final URI A = URI.create("https://mirror-a.corp:5000");
    private static final URI B = URI.create("https://mirror-b.corp:5000");
    private static final URI C = URI.create("http://10.0.0.5:5000");

    private static final String CLOSED = """
            # Written by entrepot hosts containerd. Change it there, not here.
            # What the mirror refuses is refused: the mirror is the server too, so that no other registry is asked.
            # containerd reads this file again for each pull, if its config.toml names the directory above as config_path,
            # alone, without a colon: "/etc/containerd/certs.d", under [plugins."io.containerd.grpc.v1.cri".registry] (1.6,
            # 1.7) or [plugins."io.containerd.cri.v1.images".registry] (2.x). ctr and nerdctl want --hosts-dir.
            """;

    private static final String OPEN = """
            # Written by entrepot hosts containerd. Change it there, not here.
            # registry.k8s.io stays open, for nodes that start before the mirror does: what the mirror refuses is asked for there.
            # containerd reads this file again for each pull, if its config.toml names the directory above as config_path,
            # alone, without a colon: "/etc/containerd/certs.d", under [plugins."io.containerd.grpc.v1.cri".registry] (1.6,
            # 1.7) or [plugins."io.containerd.cri.v1.images".registry] (2.x). ctr and nerdctl want --hosts-dir.
            """;

    @Test
    void theMirrorIsTheServerAndABareHostKeepsOldReleasesFromDroppingTheFile() {
        assertThat(hosts(A).files()).containsEntry("_default/hosts.toml", CLOSED + """
                server = "https://mirror-a.corp:5000"
                capabilities = ["pull", "resolve"]

                # Without this line containerd 1.6 and 1.7 drop the whole file and ask the real registry.
                [host]
                """);
    }

    @Test
    void furtherEndpointsAreAskedInTheirOrderAndTheLastIsTheServer() {
        assertThat(hosts(A, B, C).files()).containsEntry("_default/hosts.toml", CLOSED + """
                server = "http://10.0.0.5:5000"
                capabilities = ["pull", "resolve"]

                [host."https://mirror-a.corp:5000"]
                capabilities = ["pull", "resolve"]

                [host."https://mirror-b.corp:5000"]
                capabilities = ["pull", "resolve"]
                """);
    }

    @Test
    void everyEndpointIsTrustedByTheAuthorityBesideTheFile() {
        ContainerdHosts hosts =
                new ContainerdHosts(new Endpoints(List.of(A, B), Optional.of("PEM")), Set.of(), Map.of());

        assertThat(hosts.files()).containsEntry("_default/mirror-ca.crt", "PEM");
        assertThat(hosts.files()).containsEntry("_default/hosts.toml", CLOSED + """
                server = "https://mirror-b.corp:5000"
                capabilities = ["pull", "resolve"]
                ca = "mirror-ca.crt"

                [host."https://mirror-a.corp:5000"]
                capabilities = ["pull", "resolve"]
                ca = "mirror-ca.crt"
                """);
    }

    @Test
    void eachRegistryHasTheSameInADirectoryOfItsOwn() {
        Set<Registry> registries = Set.of(Registry.DOCKER_HUB, new Registry("quay.io"));
        Map<String, String> files =
                new ContainerdHosts(new Endpoints(List.of(A), Optional.of("PEM")), registries, Map.of()).files();

        assertThat(files)
                .containsOnlyKeys(
                        "_default/hosts.toml",
                        "_default/mirror-ca.crt",
                        "docker.io/hosts.toml",
                        "docker.io/mirror-ca.crt",
                        "quay.io/hosts.toml",
                        "quay.io/mirror-ca.crt")
                .containsEntry("docker.io/hosts.toml", files.get("_default/hosts.toml"));
    }

    @ParameterizedTest
    @CsvSource({"registry.corp:5000, registry.corp_5000_", "[::1]:5000, [::1]_5000_", "[::1], [::1]", "quay.io, quay.io"
    })
    void aPortIsWrittenTheWayThatWins(String registry, String directory) {
        ContainerdHosts hosts = new ContainerdHosts(
                new Endpoints(List.of(A), Optional.empty()), Set.of(new Registry(registry)), Map.of());

        assertThat(hosts.files()).containsOnlyKeys("_default/hosts.toml", directory + "/hosts.toml");
    }

    @Test
    void aBootstrapRegistryStaysOpenBehindTheMirror() {
        Registry registry = new Registry("registry.k8s.io");
        ContainerdHosts hosts = new ContainerdHosts(
                new Endpoints(List.of(A), Optional.of("PEM")),
                Set.of(registry),
                Map.of(registry, URI.create("https://registry.k8s.io")));

        assertThat(hosts.files()).containsEntry("registry.k8s.io/hosts.toml", OPEN + """
                server = "https://registry.k8s.io"

                [host."https://mirror-a.corp:5000"]
                capabilities = ["pull", "resolve"]
                ca = "mirror-ca.crt"
                """);
    }

    @Test
    void nothingNamesReferrersWhichReleasesBefore22DropTheFileFor() {
        assertThat(hosts(A, B).files().values()).noneMatch(text -> text.contains("referrers"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mirror.corp:5000",
                "ftp://mirror.corp",
                "HTTPS://mirror.corp",
                "https://user@mirror.corp",
                "https://mirror.corp/",
                "https://mirror.corp/path",
                "https://mirror.corp?x=%22%5D",
                "https://mirror.corp#a",
                "https:///nohost"
            })
    void anEndpointIsAnAddressAndNothingElse(String endpoint) {
        assertThatThrownBy(() -> hosts(URI.create(endpoint)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: https://host[:port]");
    }

    @Test
    void anEndpointGivenTwiceWouldMakeAFileThatContainerdDrops() {
        assertThatThrownBy(() -> hosts(A, B, A)).hasMessage("endpoints: [%s, %s, %s] (expected: each once)", A, B, A);
    }

    @Test
    void withoutAnEndpointThereIsNothingToWrite() {
        assertThatThrownBy(() -> hosts()).hasMessage("endpoints: none (expected: at least one)");
    }

    private static ContainerdHosts hosts(URI... endpoints) {
        return new ContainerdHosts(
                new Endpoints(List.of(endpoints), Optional.empty()), Set.of(Registry.DOCKER_HUB), Map.of());
    }
}
