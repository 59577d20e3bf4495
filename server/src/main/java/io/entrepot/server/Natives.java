package io.entrepot.server;

import io.netty.channel.epoll.Epoll;
import io.netty.handler.ssl.OpenSsl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Netty's native parts: unpacked not in the machine's {@code /tmp}, which may be read-only or {@code noexec}. */
final class Natives {

    private static final String PROPERTY = "io.netty.native.workdir";

    /** Netty's events for the flight recorder: to prepare for them costs a tenth of a start. */
    private static final String EVENTS = "io.netty.jfr.enabled";

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

    /** To be called before the first class of Netty is loaded. The launcher may have said otherwise; then it stays so. */
    static void unpackUnder(Path directory) {
        if (System.getProperty(EVENTS) == null) {
            System.setProperty(EVENTS, "false");
        }
        if (System.getProperty(PROPERTY) != null) {
            return;
        }
        try {
            Files.createDirectories(directory);
            System.setProperty(PROPERTY, directory.toAbsolutePath().toString());
        } catch (IOException e) {
            // Then the store cannot be opened either, and that error says it better.
        }
    }
}
