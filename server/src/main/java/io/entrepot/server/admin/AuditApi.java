package io.entrepot.server.admin;

import io.entrepot.server.audit.AuditEvent.Happened;
import io.entrepot.server.audit.AuditEvent.Happened.Fact;
import io.entrepot.server.audit.AuditLog;
import io.entrepot.server.audit.KeptLog;
import io.entrepot.server.audit.query.Filter;
import io.entrepot.server.audit.query.Format;
import io.entrepot.server.audit.query.QueryProcess;
import io.entrepot.server.audit.query.Question;
import io.entrepot.server.audit.tlog.VerifierKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * What an auditor asks a running mirror. Each question is on record before there is an answer. Answers are made by a process of
 * its own, one at a time; the log's plain files (C2SP tlog-tiles) are given out as they are.
 */
public final class AuditApi {

    private static final String PREFIX = "audit/";
    private static final int MOST_ROWS = 1_000_000;

    private final Optional<KeptLog> kept;
    private final AuditLog log;
    private final QueryProcess process;
    private final Executor blocking;
    private final Map<String, String> teams;

    /**
     * @param blocking where what may block is done
     * @param teams of namespaces, by patterns
     */
    public AuditApi(
            Optional<KeptLog> kept, AuditLog log, QueryProcess process, Executor blocking, Map<String, String> teams) {
        this.kept = kept;
        this.log = log;
        this.process = process;
        this.blocking = blocking;
        this.teams = teams;
    }

    /** To be posted to: a new key signs from now on. */
    static final String KEYS = "audit/keys";

    static boolean isAsked(String path) {
        return path.startsWith(PREFIX);
    }

    /** @param who asks, as it is recorded */
    CompletableFuture<Reply> answer(String path, Map<String, List<String>> query, String who) {
        String what = path.substring(PREFIX.length());
        KeptLog open = open();
        return switch (what) {
            case "query", "report" -> asked(what, open, query, who);
            case "proof" -> recorded(what, query, who).thenApplyAsync(done -> proof(open, query), blocking);
            default -> recorded(what, query, who).thenApplyAsync(done -> file(open, what), blocking);
        };
    }

    /** A new key signs from now on, and the one before it for a week more. */
    CompletableFuture<Reply> rotate(String who) {
        KeptLog open = open();
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        VerifierKey key = open.rotate();
                        log.note(new Happened(
                                "key.rotated", List.of(Fact.of("who", who), Fact.of("after", key.toString()))));
                        return Reply.json(200, Map.of("key", key.toString()));
                    } catch (IOException e) {
                        return Reply.error(503, String.valueOf(e.getMessage()));
                    }
                },
                blocking);
    }

    private KeptLog open() {
        return kept.orElseThrow(
                () -> new IllegalArgumentException("nothing is recorded here (audit.durability is off)"));
    }

    private CompletableFuture<Reply> asked(String what, KeptLog open, Map<String, List<String>> query, String who) {
        Question question = question(what, open, query);
        return recorded(what, query, who).thenApplyAsync(done -> reply(question), blocking);
    }

    private CompletableFuture<Long> recorded(String what, Map<String, List<String>> query, String who) {
        List<String> asked = new ArrayList<>();
        new TreeMap<>(query).forEach((key, values) -> values.forEach(value -> asked.add(key + "=" + value)));
        return log.record(new Happened(
                "audit.read", List.of(Fact.of("who", who), Fact.of("what", what), Fact.of("asked", asked))));
    }

    private Reply reply(Question question) {
        try {
            return new Reply.Whole(200, type(question.format()), process.ask(question), Map.of());
        } catch (QueryProcess.Failed e) {
            return Reply.error(e.code() == 2 ? 400 : 503, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return Reply.error(503, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Reply.error(503, "interrupted");
        }
    }

    private static String type(Format format) {
        return switch (format) {
            case TEXT -> "text/plain; charset=utf-8";
            case JSON -> "application/json";
            case CSV -> "text/csv; charset=utf-8";
            case HTML -> "text/html; charset=utf-8";
        };
    }

    private Question question(String what, KeptLog open, Map<String, List<String>> query) {
        Map<String, String> left = new HashMap<>();
        query.forEach((key, values) -> {
            if (values.size() != 1) {
                throw new IllegalArgumentException(key + " is given " + values.size() + " times (expected: once)");
            }
            left.put(key, values.get(0));
        });
        Format format = format(take(left, "format", "json"));
        String name = take(left, "name", "");
        int limit = (int) number(take(left, "limit", what.equals("query") ? "1000" : "10000"), "limit", 1, MOST_ROWS);
        long after = number(take(left, "after", "-1"), "after", -1, Long.MAX_VALUE);
        boolean newest = !take(left, "order", "newest").equals("oldest");
        int width = (int) number(take(left, "width", "0"), "width", 0, 1_000);
        Map<Filter, String> filters = new TreeMap<>();
        Map<String, String> options = new TreeMap<>();
        left.forEach((key, value) -> {
            if (key.startsWith("option.")) {
                options.put(key.substring("option.".length()), value);
            } else {
                filters.put(Filter.of(key), value);
            }
        });
        Question question = what.equals("query")
                ? Question.query(open.directory(), filters, limit, format)
                : Question.report(open.directory(), name, filters, format);
        return question.page(limit, after, newest).with(options, teams).with(format, width);
    }

    private static String take(Map<String, String> left, String key, String otherwise) {
        String value = left.remove(key);
        return value == null ? otherwise : value;
    }

    private static Format format(String text) {
        for (Format format : Format.values()) {
            if (format.name().toLowerCase(Locale.ROOT).equals(text)) {
                return format;
            }
        }
        throw new IllegalArgumentException("format: " + text + " (expected: text, json, csv or html)");
    }

    private static long number(String text, String name, long least, long most) {
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(name + ": " + text + " (expected: " + least + " to " + most + ")");
    }

    private static Reply proof(KeptLog open, Map<String, List<String>> query) {
        boolean growth = query.containsKey("grown-from");
        String text = String.join(",", query.getOrDefault(growth ? "grown-from" : "seq", List.of()));
        if (!text.matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException((growth ? "grown-from: " : "seq: ") + text + " (expected: "
                    + (growth ? "the size of an older checkpoint)" : "the number of a record)"));
        }
        long number = Long.parseLong(text);
        try {
            return Reply.text(
                    200,
                    growth
                            ? open.files().proveGrowth(number).toString()
                            : open.files().prove(number).toString());
        } catch (IOException e) {
            return Reply.error(503, String.valueOf(e.getMessage()));
        }
    }

    /** As {@code checkpoint}, {@code tile/0/000}, {@code tile/entries/000.p/17}. */
    private static Reply file(KeptLog open, String path) {
        try {
            return open.files()
                    .read(path)
                    .<Reply>map(bytes -> new Reply.Whole(
                            200,
                            path.equals("checkpoint") ? "text/plain; charset=utf-8" : "application/octet-stream",
                            bytes,
                            Map.of()))
                    .orElseGet(() -> Reply.error(404, "audit/" + path + " is nothing here"));
        } catch (IOException e) {
            return Reply.error(503, String.valueOf(e.getMessage()));
        }
    }
}
