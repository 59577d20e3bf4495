package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.TestTls;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code entrepot hosts} writes, read by the libraries that the node's software reads it with. */
@Tag("long")
class NodeFilesTest {

    private static final String FIRST = "https://mirror-1.corp:5000";
    private static final String SECOND = "https://mirror-2.corp";

    @TempDir
    Path dir;

    @Test
    void sendCriOToTheFirstEndpointAndThenToTheLast() throws Exception {
        write("podman", "--endpoint", "http://127.0.0.1:5000", "--endpoint", SECOND);
        Files.writeString(dir.resolve("registries.conf"), "unqualified-search-registries = [\"docker.io\"]\n");

        assertThat(read("crio", dir, "docker.io/library/busybox:1").lines())
                .containsExactly(
                        "127.0.0.1:5000/docker.io/library/busybox:1 insecure=true",
                        "mirror-2.corp/docker.io/library/busybox:1 insecure=false");
        assertThat(read("crio", dir, "registry.example/team/app:1")).contains("direct");
    }

    /** k3s and RKE2 read their file by this library, and pull their own images by it. */
    @Test
    void letK3sPull() throws Exception {
        try (RealRegistry upstream = RealRegistry.start(dir.resolve("upstream"));
                PackagedMirror mirror = PackagedMirror.ofDockerHub(dir.resolve("mirror"), upstream.url())) {
            String image = upstream.host() + "/library/busybox:1";
            Images.pushBusybox(dir, image);
            write("k3s", "--endpoint", mirror.url());

            String pulled = read("k3s", dir.resolve("registries.yaml"), "docker.io/library/busybox:1");

            String digest = Images.crane("digest", "--insecure", image).run().strip();
            assertThat(pulled.lines().filter(line -> line.startsWith("sha256:")))
                    .startsWith(digest)
                    .hasSize(2);
            assertThat(mirror.log()).contains("/v2/library/busybox/blobs/");
        }
    }

    @Test
    void tellBuildKitItsMirrorsAndWhomToTrust() throws Exception {
        write("buildkit", "--endpoint", FIRST, "--endpoint", SECOND, "--ca", authority());

        assertThat(read("buildkit", dir.resolve("buildkitd.toml")).lines())
                .contains(
                        "docker.io mirrors=[mirror-1.corp:5000 mirror-2.corp] http=false ca=[]",
                        "quay.io mirrors=[mirror-1.corp:5000 mirror-2.corp] http=false ca=[]",
                        "mirror-1.corp:5000 mirrors=[] http=false ca=[/etc/buildkit/mirror-ca.crt]",
                        "mirror-2.corp mirrors=[] http=false ca=[/etc/buildkit/mirror-ca.crt]");
    }

    @Test
    void tellTalosItsMirrorsAndWhomToTrust() throws Exception {
        Path authority = authority();
        write("talos", "--endpoint", FIRST, "--endpoint", SECOND, "--ca", authority);

        assertThat(read("talos", dir.resolve("entrepot-registries.yaml")).lines())
                .contains(
                        "* [https://mirror-1.corp:5000 https://mirror-2.corp] skipFallback=true",
                        "docker.io [https://mirror-1.corp:5000 https://mirror-2.corp] skipFallback=true",
                        "mirror-1.corp:5000 ca=" + Files.size(authority) + " bytes",
                        "mirror-2.corp ca=" + Files.size(authority) + " bytes");
    }

    private Path authority() {
        return TestTls.forLoopback(dir).certificate();
    }

    private void write(String software, Object... options) throws Exception {
        PackagedMirror.entrepot("hosts", software, "--dir", dir).with(options).run();
    }

    private static String read(Object... arguments) throws Exception {
        return Tools.NODEFILE.command().with(arguments).run();
    }
}
