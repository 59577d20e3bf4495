package io.entrepot.config;

import io.entrepot.config.MirrorConfig.Alias;
import io.entrepot.config.MirrorConfig.Drain;
import io.entrepot.config.MirrorConfig.Fills;
import io.entrepot.config.MirrorConfig.Limits;
import io.entrepot.config.MirrorConfig.Log;
import io.entrepot.config.MirrorConfig.Scrub;
import io.entrepot.config.MirrorConfig.Storage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Turns the sections of a file into the record; a default stands beside its key. */
final class ConfigReader {

    private final Section root;

    ConfigReader(Section root) {
        this.root = root;
    }

    MirrorConfig read() {
        KnownUpstreams upstreams = new UpstreamReader(root).read();
        ListenReader ports = new ListenReader(root, upstreams);
        AccessConfig access = new AccessReader(root).read();
        Limits limits = limits(root.section("limits"));
        Storage storage = storage(root.section("storage"));
        MirrorConfig config = new MirrorConfig(
                ports.listen(),
                ports.admin(),
                upstreams.named(),
                upstreams.patterns(),
                upstreams.proxy(),
                aliases(root.section("aliases"), upstreams),
                new TagReader(root, upstreams).read(),
                new PolicyReader(root, new RuleDoubts(upstreams, access)).read(),
                access,
                storage,
                new AuditReader(root).read(storage.path()),
                fills(root.section("fills"), limits),
                limits,
                drain(root.section("drain")),
                log(root.section("log")));
        root.end();
        ports.requireApart(config);
        return config;
    }

    private static List<Alias> aliases(Section section, KnownUpstreams upstreams) {
        List<Alias> aliases = new ArrayList<>();
        for (String from : section.names()) {
            section.optional(from, to -> new Alias(Names.old(from), Names.prefix(to, upstreams)))
                    .ifPresent(aliases::add);
        }
        return aliases;
    }

    private static Storage storage(Section section) {
        Section disk = section.section("disk");
        Section scrub = disk.section("scrub");
        Storage storage = new Storage(
                disk.value("path", Path.of("data", "cache"), Text::path),
                disk.value("max-size", Long.MAX_VALUE, Text::limit),
                disk.size("min-free", 1L << 30),
                new Scrub(scrub.duration("every", Duration.ofDays(7)), scrub.value("rate", 20L << 20, Text::limit)));
        scrub.end();
        disk.end();
        section.end();
        return storage;
    }

    private static Fills fills(Section section, Limits limits) {
        Fills fills = new Fills(
                section.size("abandoned-budget", 10L << 30),
                section.number("per-upstream", 64, 1, 10_000),
                section.number("ranges", 4, 0, 64),
                section.number("resumes", 3, 0, 100),
                section.number("waiters", 4_096, 1, 1_000_000),
                section.number("relays", 256, 1, 10_000),
                section.number("upstream-waiters", Math.max(1, limits.connections() / 2), 1, 1_000_000));
        section.end();
        return fills;
    }

    private static Limits limits(Section section) {
        Limits limits = new Limits(
                section.number("connections", 10_000, 1, 1_000_000),
                section.number("connections-per-client", 256, 1, 1_000_000),
                section.value("header-size", 8 << 10, ConfigReader::headerSize),
                section.number("header-fields", 64, 8, 1_000),
                section.value("request-line", 4 << 10, ConfigReader::requestLine),
                section.deadline("handshake-timeout", Duration.ofSeconds(5)),
                section.deadline("header-timeout", Duration.ofSeconds(10)),
                section.deadline("idle-timeout", Duration.ofSeconds(60)),
                section.deadline("write-timeout", Duration.ofSeconds(60)),
                section.size("min-rate", 1 << 10),
                section.deadline("min-rate-window", Duration.ofSeconds(60)),
                section.number("open-files", 90, 10, 100),
                section.number("reserved-files", 64, 0, 10_000),
                section.number("direct-memory", 90, 10, 100));
        section.end();
        return limits;
    }

    private static int headerSize(String text) {
        return size(text, 1 << 20, "1KiB to 1MiB");
    }

    private static int requestLine(String text) {
        return size(text, 64 << 10, "1KiB to 64KiB");
    }

    private static int size(String text, int most, String expected) {
        long size = Text.size(text);
        if (size < 1 << 10 || size > most) {
            throw new IllegalArgumentException(text + " (expected: " + expected + ")");
        }
        return (int) size;
    }

    private static Drain drain(Section section) {
        Drain drain = new Drain(
                section.duration("delay", Duration.ofSeconds(5)), section.duration("grace", Duration.ofSeconds(30)));
        section.end();
        return drain;
    }

    private static Log log(Section section) {
        Log log = new Log(
                section.choice("format", Log.Format.JSON),
                section.choice("level", Log.Level.INFO),
                section.flag("requests"));
        section.end();
        return log;
    }
}
