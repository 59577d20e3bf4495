package io.entrepot.server.access;

import io.entrepot.config.AccessConfig;
import io.entrepot.config.AccessConfig.Issuer;
import io.entrepot.config.AccessConfig.Keys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The files that say who somebody is, read as a mirror reads them when it starts. */
public final class AccessFiles {

    private AccessFiles() {}

    /** What is wrong with them, each with its key, its file and what was expected; nothing of what stands in them. Blocks. */
    public static List<String> problems(AccessConfig config) {
        List<String> problems = new ArrayList<>();
        config.htpasswd().ifPresent(file -> read("access.htpasswd", file, Htpasswd::parse, problems));
        for (Issuer issuer : config.issuers()) {
            if (issuer.keys() instanceof Keys.InFile keys) {
                read("access.issuers.jwks", keys.path(), AccessFiles::keys, problems);
            }
        }
        return problems;
    }

    private static List<Jwk> keys(String text) {
        return Jwk.set(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void read(String key, Path file, Function<String, ?> parse, List<String> problems) {
        try {
            new WatchedFile<>(file, parse, () -> {});
        } catch (IOException e) {
            problems.add(key + ": " + e.getMessage());
        }
    }
}
