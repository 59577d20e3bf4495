package io.entrepot.server.cli;

import io.entrepot.config.MirrorConfig;
import io.entrepot.server.audit.query.Filter;
import io.entrepot.server.audit.query.Format;
import io.entrepot.server.audit.query.QueryProcess;
import io.entrepot.server.audit.query.Question;
import io.entrepot.server.inspect.AuditQueries;
import io.entrepot.server.inspect.StateDir;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Answers from an audit log: of the mirror that runs, which puts the question on record; else made here. */
final class AuditAnswers {

    private static final int ALL = 1_000_000;

    private final MirrorConfig config;
    private final StateDir state;

    private AuditAnswers(MirrorConfig config) {
        this.config = config;
        this.state = StateDir.of(config);
    }

    static AuditAnswers of(ConfigOption option) {
        return new AuditAnswers(option.load());
    }

    /** All rows of a report, as JSON, for what is made of them. */
    byte[] all(String report, Map<Filter, String> filters) {
        return ask(Question.report(config.audit().path().toAbsolutePath(), report, filters, Format.JSON)
                .page(ALL, -1, true));
    }

    MirrorConfig config() {
        return config;
    }

    byte[] ask(Question question) {
        Optional<AdminSocket> running = AdminSocket.open(state.adminSocket());
        if (running.isPresent()) {
            try (AdminSocket mirror = running.get()) {
                return mirror.send("GET", target(question)).orFail().getBytes(StandardCharsets.UTF_8);
            }
        }
        return askHere(question);
    }

    private byte[] askHere(Question question) {
        try (QueryProcess process = AuditQueries.open(state)) {
            return process.ask(question);
        } catch (QueryProcess.Failed e) {
            throw e.code() == 2
                    ? CommandException.usage(String.valueOf(e.getMessage()))
                    : CommandException.failed(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw CommandException.failed(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandException.failed("interrupted");
        }
    }

    private static String target(Question question) {
        String what = question.kind() == Question.Kind.QUERY ? "query" : "report";
        StringBuilder target = new StringBuilder("/api/v1/audit/")
                .append(what)
                .append("?format=")
                .append(question.format().name().toLowerCase(Locale.ROOT));
        add(target, "width", Integer.toString(question.width()));
        add(target, "limit", Integer.toString(question.limit()));
        if (what.equals("query")) {
            add(target, "after", Long.toString(question.after()));
            add(target, "order", question.newest() ? "newest" : "oldest");
        } else {
            add(target, "name", question.name());
        }
        question.filters().forEach((filter, value) -> add(target, filter.key(), value));
        question.options().forEach((key, value) -> add(target, "option." + key, value));
        return target.toString();
    }

    private static void add(StringBuilder target, String name, String value) {
        target.append('&').append(name).append('=').append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
}
