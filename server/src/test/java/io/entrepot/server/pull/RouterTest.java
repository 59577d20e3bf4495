package io.entrepot.server.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.config.MirrorConfig.Alias;
import io.entrepot.oci.Registry;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.http.Configs;
import io.entrepot.server.http.FakeUpstream;
import io.entrepot.server.upstream.Upstream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouterTest {

    private static final List<Alias> ALIASES = List.of(
            new Alias("harbor.corp/dockerhub", "docker.io"),
            new Alias("harbor.corp/dockerhub/special", "gcr.io/special"),
            new Alias("harbor.corp", "registry.corp:5000/old"),
            new Alias("hub", "docker.io"));

    private final Router router = router(Optional.of(Registry.DOCKER_HUB));

    @ParameterizedTest
    @CsvSource({
        // mount, path, ns, host, repository, how
        "'', docker.io/library/alpine, '', '', docker.io/library/alpine, PATH",
        "'', docker.io/alpine, '', '', docker.io/library/alpine, PATH",
        "'', index.docker.io/alpine, '', '', docker.io/library/alpine, PATH",
        "'', Registry-1.Docker.IO/alpine, '', '', docker.io/library/alpine, PATH",
        "'', registry.corp:5000/a/b, '', '', registry.corp:5000/a/b, PATH",
        "'', single/team/app, '', '', single/team/app, PATH",
        "docker.io, library/alpine, '', '', docker.io/library/alpine, PATH",
        "docker.io, alpine, docker.io, '', docker.io/library/alpine, PATH",
        "registry.corp:5000, a, '', '', registry.corp:5000/a, PATH",
        "'', library/alpine, docker.io, '', docker.io/library/alpine, NS",
        "'', alpine, index.docker.io, '', docker.io/library/alpine, NS",
        "'', a, registry.corp:5000, quay.mirror, registry.corp:5000/a, NS",
        "'', docker.io/library/alpine, docker.io, '', docker.io/library/alpine, PATH",
        "'', docker.io/library/alpine, registry-1.docker.io, '', docker.io/library/alpine, PATH",
        // a project that is called like a host is a part of the path where ns says so
        "'', example.com/project/image, gcr.io, '', gcr.io/example.com/project/image, NS",
        "'', single/team, docker.io, '', docker.io/single/team, NS",
        "'', hub/team, docker.io, '', docker.io/hub/team, NS",
        "'', team/app, '', gcr.mirror, gcr.io/team/app, HOST",
        "'', team/app, '', gcr.mirror:5000, gcr.io/team/app, HOST",
        "'', docker.io/alpine, '', gcr.mirror, docker.io/library/alpine, PATH",
        "'', team/app, '', other.mirror, docker.io/team/app, DEFAULT",
        "'', alpine, '', '', docker.io/library/alpine, DEFAULT",
        "'', docker.io, '', '', docker.io/library/docker.io, DEFAULT",
        // names parsed from the right may hold anything the grammar allows
        "'', a/manifests/b, '', '', docker.io/a/manifests/b, DEFAULT",
    })
    void findsTheRepository(String mount, String path, String ns, String host, String repository, Route.How how) {
        Route route = router.route(new Address(mount, path, ns, host));

        assertThat(route.repository()).hasToString(repository);
        assertThat(route.how()).isEqualTo(how);
        assertThat(route.upstream().registry()).isEqualTo(route.repository().registry());
    }

    @ParameterizedTest
    @CsvSource({
        "'', harbor.corp/dockerhub/library/alpine, '', '', docker.io/library/alpine",
        "'', harbor.corp/dockerhub/alpine, '', '', docker.io/library/alpine",
        "'', harbor.corp/dockerhub/special/x, '', '', gcr.io/special/x",
        "'', harbor.corp/dockerhubs/x, '', '', registry.corp:5000/old/dockerhubs/x",
        "'', HARBOR.corp/dockerhub/x/y, '', '', docker.io/x/y",
        "harbor.corp/dockerhub, library/alpine, '', '', docker.io/library/alpine",
        "hub, library/alpine, '', '', docker.io/library/alpine",
        "'', hub/team/app, '', '', docker.io/team/app",
        "'', dockerhub/library/alpine, harbor.corp, '', docker.io/library/alpine",
        "harbor.corp/dockerhub, library/alpine, harbor.corp, '', docker.io/library/alpine",
        "harbor.corp/dockerhub, library/alpine, docker.io, '', docker.io/library/alpine",
        "'', dockerhub/library/alpine, '', harbor.corp, docker.io/library/alpine",
        "'', dockerhub/library/alpine, '', harbor.corp:8443, docker.io/library/alpine",
        "'', team/app, '', harbor.corp, registry.corp:5000/old/team/app",
    })
    void knowsOldNames(String mount, String path, String ns, String host, String repository) {
        assertThat(router.route(new Address(mount, path, ns, host)).repository())
                .hasToString(repository);
    }

    @Test
    void saysWhatWasAskedBeforeAliases() {
        assertThat(router.route(Address.of("harbor.corp/dockerhub/alpine")).asked())
                .isEqualTo("harbor.corp/dockerhub/alpine");
    }

    @ParameterizedTest
    @CsvSource({
        "'', docker.io/library/alpine, gcr.io",
        "docker.io, library/alpine, gcr.io",
        "harbor.corp, x, gcr.io",
        "evil.example, x, docker.io"
    })
    void refusesTwoNamesForOneThing(String mount, String path, String ns) {
        assertThatThrownBy(() -> router.route(new Address(mount, path, ns, "")))
                .isInstanceOf(RegistryException.NameInvalid.class)
                .hasMessageContaining("the path names")
                .hasMessageContaining("but ns names " + ns);
    }

    @Test
    void refusesARegistryThatIsNotConfiguredWithTheLinesThatAddIt() {
        assertThatThrownBy(() -> router.route(Address.of("ghcr.io/team/app")))
                .isInstanceOf(RegistryException.NotAnUpstream.class)
                .hasMessage("ghcr.io is not an upstream of this mirror; these lines add it: "
                        + "upstreams: { \"ghcr.io\": {} }");
    }

    @Test
    void refusesANameWithoutRegistryWhereThereIsNoDefault() {
        assertThatThrownBy(() -> router(Optional.empty()).route(Address.of("library/alpine")))
                .isInstanceOf(RegistryException.NameInvalid.class)
                .hasMessageStartingWith("library/alpine names no registry");
    }

    private static Router router(Optional<Registry> defaultRegistry) {
        Map<Registry, Upstream> upstreams = new HashMap<>();
        for (String name : List.of("docker.io", "gcr.io", "registry.corp:5000", "single")) {
            upstreams.put(Registry.parse(name), new FakeUpstream(name));
        }
        return new Router(
                Configs.config(defaultRegistry, Map.of("gcr.mirror", Registry.parse("gcr.io")), ALIASES),
                UpstreamFinder.of(upstreams));
    }
}
