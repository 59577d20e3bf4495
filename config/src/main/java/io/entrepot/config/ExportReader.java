package io.entrepot.config;

import io.entrepot.config.AuditConfig.Export;
import io.entrepot.config.AuditConfig.Export.Kind;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads a list of places to which something of the audit log goes. */
final class ExportReader {

    private static final int SYSLOG_TLS = 6514;
    private static final int SYSLOG_TCP = 601;

    private static final long MAX_BACKLOG = 10_000_000;
    private static final Duration EVERY = Duration.ofMinutes(1);

    private final Section audit;
    private final String key;

    ExportReader(Section audit, String key) {
        this.audit = audit;
        this.key = key;
    }

    List<Export> read() {
        List<Export> all = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Section section : audit.sections(key)) {
            String name = section.value("name", "", ExportReader::name);
            if (name.isEmpty()) {
                section.problem("name is missing (expected: a name of the sink, by which it is known how far it is)");
            } else if (!names.add(name)) {
                section.problem("name", name + " is another sink's too (expected: a name of its own)");
            }
            one(section, name, maxBacklog(section)).ifPresent(all::add);
            section.end();
        }
        return all;
    }

    /** Of checkpoints, nothing waits but the newest; and each may lie alone. */
    private boolean isOfRecords() {
        return key.equals("export");
    }

    private long maxBacklog(Section section) {
        return isOfRecords() ? section.value("max-backlog", MAX_BACKLOG, Text::count) : Long.MAX_VALUE;
    }

    private Optional<Export> one(Section section, String name, long maxBacklog) {
        int problems = section.reading().problems().count();
        List<Export> found = found(section, name, maxBacklog);
        if (found.size() == 1) {
            check(section, found.get(0));
            return Optional.of(found.get(0));
        }
        String expected = "(expected: one of file, stdout, syslog, http" + (isOfRecords() ? ")" : ", bucket)");
        if (!found.isEmpty()) {
            section.problem("goes to " + found.size() + " places " + expected);
        } else if (section.reading().problems().count() == problems) {
            section.problem("goes nowhere " + expected);
        }
        return Optional.empty();
    }

    private List<Export> found(Section section, String name, long maxBacklog) {
        List<Export> found = new ArrayList<>();
        Optional<String> file = section.optional("file", text -> Text.path(text).toString());
        Optional<URI> syslog = section.optional("syslog", ExportReader::syslog);
        Optional<URI> http = section.optional("http", ExportReader::http);
        boolean stdout = section.flag("stdout");
        Common common = new Common(
                name,
                section.optional("ca", Text::path),
                section.flag("internal"),
                section.secret("authorization"),
                maxBacklog);
        file.ifPresent(path -> found.add(common.of(Kind.FILE, path)));
        syslog.ifPresent(uri -> found.add(common.of(Kind.SYSLOG, uri.toString())));
        http.ifPresent(uri -> found.add(common.of(Kind.HTTP, uri.toString())));
        if (stdout) {
            found.add(common.of(Kind.STDOUT, ""));
        }
        if (!isOfRecords()) {
            bucket(section, common).ifPresent(found::add);
        }
        return found;
    }

    private static Optional<Export> bucket(Section section, Common common) {
        Duration every = section.deadline("every", EVERY);
        Optional<BucketConfig> bucket = new BucketReader(section.section("bucket"), true).read();
        if (!section.has("bucket") && section.has("every")) {
            section.problem("every", "is said of a bucket alone (expected: bucket beside it)");
        }
        return bucket.map(where -> common.of(where, every));
    }

    /** What is said and would not be done is a mistake. */
    private static void check(Section section, Export export) {
        String target = export.target();
        boolean http = export.kind() == Kind.HTTP;
        if (export.ca().isPresent() && !target.startsWith("tls:") && !target.startsWith("https:")) {
            section.problem("ca", "nothing is encrypted there (expected: only beside tls:// or https://)");
        }
        if (export.kind() == Kind.BUCKET && export.internal()) {
            section.problem("internal", "is said of nothing (expected: bucket.internal)");
        }
        if (export.authorization().isPresent() && !http) {
            section.problem("authorization", "nobody is told it there (expected: only beside http)");
        }
        if (http && target.startsWith("http:") && !export.internal()) {
            section.problem(
                    "http", target + " is plain HTTP (expected: https, or internal: true beside it if that is meant)");
        }
    }

    private record Common(
            String name, Optional<Path> ca, boolean internal, Optional<Secret> authorization, long maxBacklog) {

        Export of(Kind kind, String target) {
            return new Export(name, kind, target, ca, internal, authorization, maxBacklog);
        }

        Export of(BucketConfig bucket, Duration every) {
            return new Export(
                    name,
                    Kind.BUCKET,
                    bucket.name(),
                    ca,
                    internal,
                    authorization,
                    Optional.of(bucket),
                    every,
                    maxBacklog);
        }
    }

    private static String name(String text) {
        if (!text.matches("[a-z0-9][a-z0-9-]{0,31}")) {
            throw new IllegalArgumentException(text + " (expected: up to 32 of a to z, 0 to 9 and -)");
        }
        return text;
    }

    private static URI syslog(String text) {
        URI uri = uri(text, "tls://HOST:PORT or tcp://HOST:PORT");
        boolean tls = "tls".equals(uri.getScheme());
        if (!tls && !"tcp".equals(uri.getScheme()) || uri.getHost() == null) {
            throw new IllegalArgumentException(text + " (expected: tls://HOST:PORT or tcp://HOST:PORT)");
        }
        int port = uri.getPort() > 0 ? uri.getPort() : tls ? SYSLOG_TLS : SYSLOG_TCP;
        return URI.create(uri.getScheme() + "://" + uri.getHost() + ":" + port);
    }

    static URI http(String text) {
        URI uri = uri(text, "https://HOST/PATH");
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (text.indexOf('@') >= 0) {
            // it may be a secret, and is not repeated
            throw new IllegalArgumentException("a user in it (expected: https://HOST/PATH, and authorization)");
        }
        if (!scheme.equals("https") && !scheme.equals("http") || uri.getHost() == null) {
            throw new IllegalArgumentException(text + " (expected: https://HOST/PATH)");
        }
        return URI.create(scheme + text.substring(scheme.length()));
    }

    private static URI uri(String text, String expected) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("no address (expected: " + expected + ")", e);
        }
    }
}
