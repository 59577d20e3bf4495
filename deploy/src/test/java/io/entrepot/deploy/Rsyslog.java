package io.entrepot.deploy;

import io.entrepot.loadtest.TestTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Debian's rsyslog on loopback, which takes RFC 5424 over TCP and over TLS and writes a line for each message. */
final class Rsyslog implements AutoCloseable {

    /** What it read in one message, and what that came by. */
    record Message(String by, String pri, String time, String host, String app, String id, String data, String text) {

        static Message of(String line) {
            String[] parts = line.split("\t", 8);
            return new Message(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6], parts[7]);
        }
    }

    private final Path dir;
    private final TestTls tls;
    private final int tcpPort = Ports.free();
    private final int tlsPort = Ports.free();
    private Running process;

    private Rsyslog(Path dir) throws IOException {
        this.dir = Files.createDirectories(dir);
        this.tls = TestTls.forLoopback(dir);
    }

    /** One that does not listen yet. */
    static Rsyslog in(Path dir) throws IOException {
        return new Rsyslog(dir);
    }

    String tcp() {
        return "tcp://127.0.0.1:" + tcpPort;
    }

    String tls() {
        return "tls://127.0.0.1:" + tlsPort;
    }

    /** What it shows over TLS, to be trusted. */
    Path authority() {
        return tls.certificate();
    }

    void start() throws IOException, InterruptedException {
        Path libraries = Path.of(Tools.libraries());
        Path config = Files.writeString(dir.resolve("rsyslog.conf"), config());
        process = Tools.RSYSLOGD
                .command()
                .in("LD_LIBRARY_PATH", libraries)
                .with("-n", "-f", config, "-i", dir.resolve("rsyslog.pid"), "-M", libraries.resolve("rsyslog"))
                .start(dir.resolve("rsyslog.log"));
        process.await(() -> Ports.isOpen(tcpPort) && Ports.isOpen(tlsPort));
    }

    /** The size of messages is what {@code docs/audit.md} says; 8 KiB without it. */
    private String config() {
        return """
                global(workDirectory="%1$s" maxMessageSize="64k" defaultNetstreamDriver="ossl"
                       defaultNetstreamDriverCAFile="%2$s" defaultNetstreamDriverCertFile="%2$s"
                       defaultNetstreamDriverKeyFile="%3$s")
                module(load="imtcp")
                input(type="imtcp" address="127.0.0.1" port="%4$d" name="tcp" ruleset="all" streamDriver.name="ptcp")
                input(type="imtcp" address="127.0.0.1" port="%5$d" name="tls" ruleset="all" streamDriver.name="ossl"
                      streamDriver.mode="1" streamDriver.authMode="anon")
                template(name="line" type="string"
                    string="%%inputname%%\\t%%pri%%\\t%%timestamp:::date-rfc3339%%\\t%%hostname%%\\t%%app-name%%\\t%%msgid%%\\t%%structured-data%%\\t%%msg%%\\n")
                ruleset(name="all") { action(type="omfile" file="%6$s" template="line") }
                """.formatted(dir, tls.certificate(), tls.key(), tcpPort, tlsPort, messages());
    }

    private Path messages() {
        return dir.resolve("messages");
    }

    /** All that it took and wrote to the end of a line, in its order. */
    List<Message> taken() throws IOException {
        try {
            String all = Files.readString(messages());
            return all.substring(0, all.lastIndexOf('\n') + 1)
                    .lines()
                    .map(Message::of)
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** Ends it when it has written what it took. */
    void stop() throws InterruptedException {
        process.terminate();
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
