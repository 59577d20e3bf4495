package io.entrepot.server;

import io.entrepot.config.AuditConfig.Export;
import io.entrepot.config.HttpProxy;
import io.entrepot.server.audit.CheckpointExport;
import io.entrepot.server.audit.PacedCheckpoints;
import io.entrepot.server.audit.export.HttpSink;
import io.entrepot.server.audit.export.LinesSink;
import io.entrepot.server.audit.export.Sink;
import io.entrepot.server.audit.export.SyslogSink;
import io.entrepot.server.audit.tlog.CheckpointSink;
import io.entrepot.server.net.Egress;
import io.entrepot.server.net.HttpClient;
import io.netty.channel.EventLoopGroup;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;

/** Opens what is configured as {@code audit.export} and {@code audit.checkpoints}. */
final class AuditSinks {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(60);

    private final EventLoopGroup loops;
    private final Optional<HttpProxy> proxy;

    /** @param proxy by which is reached by HTTP what is not inside */
    AuditSinks(EventLoopGroup loops, Optional<HttpProxy> proxy) {
        this.loops = loops;
        this.proxy = proxy;
    }

    /** @throws StartException that names the sink which cannot be opened */
    List<Auditing.Named> open(List<Export> exports) throws StartException {
        List<Auditing.Named> all = new ArrayList<>();
        for (Export export : exports) {
            all.add(new Auditing.Named(export.name(), named("audit.export", export), export.maxBacklog()));
        }
        return all;
    }

    private Sink named(String key, Export export) throws StartException {
        try {
            return open(export);
        } catch (IOException e) {
            throw new StartException(key + ": " + export.name() + ": " + e.getMessage());
        }
    }

    /**
     * Where checkpoints go, each on a thread of its own: a place that is slow keeps no other waiting.
     *
     * @param opened closes each place, after its thread
     */
    List<CheckpointSink> checkpoints(List<Export> exports, Opened opened, Function<String, ExecutorService> threads)
            throws StartException {
        List<CheckpointSink> all = new ArrayList<>();
        for (Export export : exports) {
            Sink sink = opened.add(named("audit.checkpoints", export));
            CheckpointSink each = new CheckpointExport(sink, threads.apply("audit-checkpoint-" + export.name()));
            all.add(export.every().isZero() ? each : opened.add(new PacedCheckpoints(each, export.every())));
        }
        return all;
    }

    /** A client for whoever signs checkpoints too. */
    HttpClient witness(boolean internal) {
        return new HttpClient(
                loops,
                new Egress(internal, Set.of(), Optional.empty(), PATIENCE, PATIENCE, PATIENCE, 1, through(internal)));
    }

    private Optional<HttpProxy> through(boolean internal) {
        return internal ? Optional.empty() : proxy;
    }

    private Sink open(Export export) throws IOException {
        return switch (export.kind()) {
            case FILE -> LinesSink.to(Path.of(export.target()));
            case STDOUT -> LinesSink.to(new FileOutputStream(FileDescriptor.out));
            case SYSLOG -> syslog(export, URI.create(export.target()));
            case HTTP -> http(export);
            case BUCKET -> new Buckets(loops, proxy).sink(export.bucket().orElseThrow());
        };
    }

    private static Sink syslog(Export export, URI receiver) throws IOException {
        return receiver.getScheme().equals("tls")
                ? SyslogSink.tls(receiver.getHost(), receiver.getPort(), export.ca(), hostName())
                : SyslogSink.plain(receiver.getHost(), receiver.getPort(), hostName());
    }

    private Sink http(Export export) {
        Egress egress = new Egress(
                export.internal(), Set.of(), export.ca(), PATIENCE, ANSWER, PATIENCE, 1, through(export.internal()));
        Map<String, String> headers = export.authorization()
                .map(secret -> Map.of("Authorization", secret.reveal()))
                .orElse(Map.of());
        return new HttpSink(new HttpClient(loops, egress), URI.create(export.target()), headers);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName().replaceAll("[^!-~]", "-");
        } catch (UnknownHostException e) {
            return "-";
        }
    }
}
