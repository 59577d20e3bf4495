package io.entrepot.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes images by crane, and pushes them. */
final class Images {

    private Images() {}

    /** Pushes busybox with {@code /bin/sh} as an image that runs. */
    static void pushBusybox(Path dir, String name) throws IOException, InterruptedException {
        Path bin = Files.createDirectories(dir.resolve("rootfs/bin"));
        Files.copy(Tools.BUSYBOX.path(), bin.resolve("busybox"));
        Files.createSymbolicLink(bin.resolve("sh"), Path.of("busybox"));
        push(layer(dir.resolve("rootfs")), name);
        mutate(name, "--set-platform", "linux/amd64", "--entrypoint", "/bin/sh");
    }

    /** Pushes an image of one layer that does not compress. */
    static void pushLarge(Path dir, String name, int megabytes) throws IOException, InterruptedException {
        Path bytes = Files.createDirectories(dir.resolve("large")).resolve("bytes");
        Command.of("dd", "if=/dev/urandom", "of=" + bytes, "bs=1M", "count=" + megabytes)
                .run();
        push(layer(dir.resolve("large")), name);
    }

    /** A layer of what is under this directory, beside it. */
    static Path layer(Path root) throws IOException, InterruptedException {
        Path layer = root.resolveSibling(root.getFileName() + ".tar");
        Command.of("tar", "--owner=0", "--group=0", "-cf", layer.toString(), "-C", root.toString(), ".")
                .run();
        return layer;
    }

    static void push(Path layer, String name) throws IOException, InterruptedException {
        crane("append", "--insecure", "--oci-empty-base", "-f", layer, "-t", name)
                .run();
    }

    static void mutate(String name, Object... changes) throws IOException, InterruptedException {
        crane("mutate", "--insecure", "-t", name).with(changes).with(name).run();
    }

    static Command crane(Object... arguments) {
        return Tools.CRANE.command().with(arguments);
    }
}
