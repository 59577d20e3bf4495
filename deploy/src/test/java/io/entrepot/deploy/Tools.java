package io.entrepot.deploy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The real clients and registries, as {@code .ci/tools} unpacks and {@code .ci/go-tools} builds them. */
enum Tools {
    REGISTRY("root-bookworm/usr/bin/docker-registry"),
    BUSYBOX("root-bookworm/bin/busybox"),
    RUNC("root-bookworm/usr/sbin/runc"),
    SKOPEO("root-bookworm/usr/bin/skopeo"),
    CONTAINERD_1_6("root-bookworm/usr/bin/containerd"),
    CTR_1_6("root-bookworm/usr/bin/ctr"),
    CONTAINERD_2_1("root-forky/usr/bin/containerd"),
    CTR_2_1("root-forky/usr/bin/ctr"),
    CRANE("root-forky/usr/bin/crane"),
    DOCKERD("root-forky/usr/sbin/dockerd"),
    DOCKER("root-forky/usr/bin/docker"),
    PODMAN("patched/podman"),
    BUILDAH("patched/buildah"),
    CONMON("patched/conmon"),
    FAKETIME("root-bookworm/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
    ORAS("root-forky/usr/bin/oras"),
    RSYSLOGD("root-bookworm/usr/sbin/rsyslogd"),
    CONFORMANCE("go/bin/conformance"),
    CRI("go/bin/cri"),
    NODEFILE("go/bin/nodefile"),
    BUILDKITD("go/bin/buildkitd"),
    BUILDCTL("go/bin/buildctl");

    private static final Path DIRECTORY = Path.of(
            System.getenv().getOrDefault("ENTREPOT_TOOLS", System.getProperty("user.home") + "/.cache/entrepot-tools"));

    private final String where;

    Tools(String where) {
        this.where = where;
    }

    /** Where the tool is. Without it the test is skipped by name; in CI it fails. */
    Path path() {
        Path path = DIRECTORY.resolve(where);
        if (!Files.isReadable(path)) {
            String missing = name() + " is not at " + path + " (run "
                    + (where.startsWith("go/") ? ".ci/go-tools" : ".ci/tools") + ")";
            if ("true".equals(System.getenv("CI"))) {
                throw new AssertionError(missing);
            }
            Assumptions.abort(missing);
        }
        return path;
    }

    Command command() {
        return Command.of(path());
    }

    /** Root, without whom no container runs. In CI it is an error not to be. */
    static void requireRoot() {
        boolean root = "root".equals(System.getProperty("user.name"));
        if (!root && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("not root");
        }
        Assumptions.assumeTrue(root, "containers need root here");
    }

    static Path directory() {
        return DIRECTORY;
    }

    /** A PATH on which the tools of one suite find each other, and runc first of all. */
    static String searchPath(String suite) {
        Path root = DIRECTORY.resolve(suite);
        return DIRECTORY.resolve("root-bookworm/usr/sbin") + ":" + root.resolve("usr/bin") + ":"
                + root.resolve("usr/sbin") + ":" + System.getenv("PATH");
    }

    /** Libraries of the older suite that its tools need. */
    static String libraries() {
        return DIRECTORY.resolve("root-bookworm/usr/lib/x86_64-linux-gnu").toString();
    }
}
