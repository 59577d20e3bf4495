package io.entrepot.server.admin;

import io.netty.util.Version;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.Optional;
import java.util.Properties;

/**
 * Which Netty runs, as its file {@code META-INF/io.netty.versions.properties} says: there is one in each of its jars, or one
 * for all. {@link Version#identify} reads the same, and first loads all that Java knows of calendars, for the dates in it.
 */
final class NettyVersion {

    private static final String FILE = "META-INF/io.netty.versions.properties";
    private static final String KEY = "netty-common.version";

    private NettyVersion() {}

    /** As in {@code 4.2.18.Final}; {@code unknown} if no file says it. */
    static String text() {
        try {
            for (URL file : Collections.list(Version.class.getClassLoader().getResources(FILE))) {
                Optional<String> version = in(file);
                if (version.isPresent()) {
                    return version.get();
                }
            }
        } catch (IOException e) {
            // It is for people to read; a start does not end for it.
        }
        return "unknown";
    }

    private static Optional<String> in(URL file) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = file.openStream()) {
            properties.load(in);
        }
        return Optional.ofNullable(properties.getProperty(KEY));
    }
}
