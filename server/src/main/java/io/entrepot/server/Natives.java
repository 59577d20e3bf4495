package io.entrepot.server;

import io.netty.channel.epoll.Epoll;
import io.netty.handler.ssl.OpenSsl;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The native parts of Netty and zstd: unpacked not in the machine's {@code /tmp}, which may be read-only or {@code noexec}. */
final class Natives {

    private static final String PROPERTY = "io.netty.native.workdir";

    /** Netty's events for the flight recorder: to prepare for them costs a tenth of a start. */
    private static final String EVENTS = "io.netty.jfr.enabled";

    /** Where the native part of zstd is unpacked, and where it lies if it was. */
    private static final String ZSTD_FOLDER = "ZstdTempFolder";

    private static final String ZSTD_PATH = "ZstdNativePath";

    private static final Logger LOG = LoggerFactory.getLogger(Natives.class);

    private Natives() {}

    /** Loads them on this thread, so that no event loop has to; without them the mirror is slower, and says so. */
    static void load() {
        if (!Epoll.isAvailable()) {
            LOG.atWarn().addKeyValue("cause", Epoll.unavailabilityCause()).log("no native transport");
        }
        if (!OpenSsl.isAvailable()) {
            LOG.atWarn().addKeyValue("cause", OpenSsl.unavailabilityCause()).log("no native TLS");
        }
    }

    /** To be called before the first class of Netty or zstd is loaded. The launcher may have said otherwise; then it stays so. */
    static void unpackUnder(Path directory) {
        if (System.getProperty(EVENTS) == null) {
            System.setProperty(EVENTS, "false");
        }
        besideTheJar().ifPresent(library -> setIfAbsent(ZSTD_PATH, library.toString()));
        if (System.getProperty(PROPERTY) != null && System.getProperty(ZSTD_FOLDER) != null) {
            return;
        }
        try {
            Files.createDirectories(directory);
            setIfAbsent(PROPERTY, directory.toAbsolutePath().toString());
            setIfAbsent(ZSTD_FOLDER, directory.toAbsolutePath().toString());
        } catch (IOException e) {
            // Then the store cannot be opened either, and that error says it better.
        }
    }

    /** The package has zstd's native part for each processor in a directory of its own. */
    private static Optional<Path> besideTheJar() {
        for (String directory : System.getProperty("java.library.path", "").split(File.pathSeparator, -1)) {
            Path own =
                    Path.of(directory, "linux", System.getProperty("os.arch")).toAbsolutePath();
            try (DirectoryStream<Path> files = Files.newDirectoryStream(own, "libzstd-jni*.so")) {
                for (Path file : files) {
                    return Optional.of(file);
                }
            } catch (IOException e) {
                // Not there: then it is unpacked.
            }
        }
        return Optional.empty();
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
