package io.entrepot.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Makes images that run. */
final class Images {

    private Images() {}

    /** Pushes busybox with {@code /bin/sh} as a runnable image, by crane. */
    static void pushBusybox(Path dir, String registry, String image) throws IOException, InterruptedException {
        Path root = Files.createDirectories(dir.resolve("rootfs/bin"));
        Files.copy(Tools.BUSYBOX.path(), root.resolve("busybox"));
        Files.createSymbolicLink(root.resolve("sh"), Path.of("busybox"));
        Path layer = dir.resolve("layer.tar.gz");
        Running.run(
                Map.of(),
                "tar",
                "-C",
                dir.resolve("rootfs").toString(),
                "--owner=0",
                "--group=0",
                "-czf",
                layer.toString(),
                ".");
        String crane = Tools.CRANE.path().toString();
        String name = registry + "/" + image;
        Running.run(Map.of(), crane, "append", "--insecure", "--oci-empty-base", "-f", layer.toString(), "-t", name);
        Running.run(
                Map.of(),
                crane,
                "mutate",
                "--insecure",
                "--set-platform",
                "linux/amd64",
                "--entrypoint",
                "/bin/sh",
                "-t",
                name,
                name);
    }

    /** Pushes an image of one incompressible layer of this many bytes. */
    static void pushLarge(Path dir, String registry, String image, int megabytes)
            throws IOException, InterruptedException {
        Files.createDirectories(dir.resolve("large"));
        Running.run(
                Map.of(), "dd", "if=/dev/urandom", "of=" + dir.resolve("large/bytes"), "bs=1M", "count=" + megabytes);
        Path layer = dir.resolve("large.tar");
        Running.run(Map.of(), "tar", "-C", dir.resolve("large").toString(), "-cf", layer.toString(), ".");
        Running.run(
                Map.of(),
                Tools.CRANE.path().toString(),
                "append",
                "--insecure",
                "--oci-empty-base",
                "-f",
                layer.toString(),
                "-t",
                registry + "/" + image);
    }
}
