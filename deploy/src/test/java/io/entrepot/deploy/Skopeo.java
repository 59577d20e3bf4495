package io.entrepot.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** skopeo, which trusts whatever it gets by its digest. */
record Skopeo(Path policy) {

    static final String ACCEPT_ANYTHING = "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}";

    static Skopeo in(Path dir) throws IOException {
        return new Skopeo(Files.writeString(dir.resolve("policy.json"), ACCEPT_ANYTHING));
    }

    Command skopeo(Object... arguments) {
        return Tools.SKOPEO
                .command()
                .in("LD_LIBRARY_PATH", Tools.libraries())
                .with("--policy", policy)
                .with(arguments);
    }

    /** Copies an image from a registry without TLS; every digest in it was checked then. */
    void copy(String image, Path to) throws IOException, InterruptedException {
        skopeo("copy", "--src-tls-verify=false", "docker://" + image, "dir:" + to)
                .run();
    }
}
