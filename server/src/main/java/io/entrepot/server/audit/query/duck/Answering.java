package io.entrepot.server.audit.query.duck;

import io.entrepot.server.audit.query.Answer;
import io.entrepot.server.audit.query.Filter;
import io.entrepot.server.audit.query.Question;
import io.entrepot.server.audit.query.Records;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Answers one question from the tables. */
final class Answering {

    private final Duck duck;
    private final Records source;
    private final Question question;
    private final Where where;
    private final Instant now;

    Answering(Duck duck, Records source, Question question, Instant now) {
        this.now = now;
        this.duck = duck;
        this.source = source;
        this.question = question;
        this.where = new Where(question.filters());
    }

    Answer answer() throws IOException, SQLException {
        return switch (question.kind()) {
            case DERIVE ->
                derived(
                        question.option(Question.DAYS, "").equals(Question.WHOLE)
                                ? deriver().deriveWholeDays(source)
                                : deriver().derive(source));
            case QUERY -> page();
            case REPORT -> report(Report.of(question.name()));
        };
    }

    private Deriver deriver() {
        return new Deriver(duck, question.directory());
    }

    private static Answer derived(long next) {
        return new Answer(
                "derive",
                "Derived",
                "Parquet holds every record below this one.",
                Map.of(),
                List.of(),
                List.of(),
                List.of(new Answer.Column("next", Answer.Kind.NUMBER, "The first record that is not in Parquet")),
                List.of(List.of(next)),
                -1);
    }

    private Answer page() throws IOException, SQLException {
        Tables tables = Tables.ofPage(duck, question.directory(), source, where);
        List<Pages.Candidate> candidates = tables.candidates();
        List<Long> seqs = new Pages(duck, candidates, question.newest())
                .find(tables.branches(), question.after(), question.limit() + 1);
        List<Answer.Column> columns = RecordColumns.of(question);
        RowReader reader = new RowReader(columns);
        if (!seqs.isEmpty()) {
            String names = columns.stream().map(Answer.Column::name).collect(Collectors.joining(", "));
            String picked = tables.picked(source, seqs, candidates);
            duck.rows(
                    "SELECT " + names + " FROM " + picked + " ORDER BY seq " + (question.newest() ? "DESC" : "ASC"),
                    rows -> reader.read(rows, question.limit()));
        }
        long next =
                reader.more() && !reader.rows().isEmpty() ? (Long) reader.last().get(0) : -1;
        return new Answer(
                "query",
                "Records",
                "Records of the audit log, " + (question.newest() ? "the newest first." : "the oldest first."),
                parameters(Map.of()),
                List.of(),
                List.of(),
                columns,
                reader.rows(),
                next);
    }

    private Answer report(Report report) throws IOException, SQLException {
        Map<String, String> options = options(report);
        Tables.open(duck, question.directory(), source, where).make(report);
        RowReader rows = new RowReader(report.columns());
        List<Answer.Figure> figures = new ArrayList<>();
        List<Answer.Chart> charts = new ArrayList<>();
        for (Report.Part part : report.parts()) {
            String sql = filled(part.sql(), options);
            switch (part.kind()) {
                case "given" -> duck.run("CREATE OR REPLACE TEMP TABLE " + part.head() + " AS " + sql);
                case "view" -> duck.run("CREATE OR REPLACE TEMP VIEW " + part.head() + " AS " + sql);
                case "rows" -> duck.rows(sql, each -> rows.read(each, question.limit()));
                case "figures" -> figures.addAll(duck.rows(sql, RowReader::figures));
                default -> charts.add(chart(part.head(), sql));
            }
        }
        Map<String, String> parameters = parameters(options);
        if (rows.more()) {
            parameters.put("rows", "the first " + rows.rows().size() + ", of more");
        }
        return new Answer(
                report.name(),
                report.title(),
                report.about(),
                parameters,
                figures,
                charts,
                report.columns(),
                rows.rows(),
                -1);
    }

    private Answer.Chart chart(String head, String sql) throws SQLException {
        String[] words = head.split(" ", 3);
        return new Answer.Chart(
                words[2], words[0].equals("days"), Report.kind(words[1]), duck.rows(sql, RowReader::bars));
    }

    /** @throws IllegalArgumentException for an option or a value that the report does not have */
    private Map<String, String> options(Report report) {
        for (String key : question.options().keySet()) {
            if (!report.options().containsKey(key)) {
                throw new IllegalArgumentException("option: " + key + " (expected: one of "
                        + report.options().keySet() + ")");
            }
        }
        Map<String, String> options = new LinkedHashMap<>();
        report.options().forEach((key, values) -> {
            String value = question.option(key, values.get(0));
            if (!values.contains(value)) {
                throw new IllegalArgumentException(
                        key + ": " + value + " (expected: one of " + String.join(", ", values) + ")");
            }
            options.put(key, value);
        });
        return options;
    }

    private String filled(String sql, Map<String, String> options) throws IOException {
        String by = options.getOrDefault("by", "namespace");
        return Template.filled(
                sql,
                Map.of(
                        "scope", where.scope(),
                        "period", where.period(),
                        "before", where.before(),
                        "refusals", "verdict <> 'failed'",
                        "from", Where.literal(where.from()),
                        "to", "least(" + Where.literal(where.to()) + ", " + Where.literal(now) + ")",
                        "by", by.equals("team") ? team() : by,
                        "first", Long.toString(source.first()),
                        "limit", Long.toString(question.limit() + 1L)));
    }

    /** The first glob that fits, in their order; a namespace of none is its own team. */
    private String team() {
        String cases = question.teams().entrySet().stream()
                .map(team ->
                        "WHEN " + Where.matches("namespace", team.getKey()) + " THEN " + Duck.text(team.getValue()))
                .collect(Collectors.joining(" "));
        return cases.isEmpty() ? "namespace" : "CASE " + cases + " ELSE namespace END";
    }

    private Map<String, String> parameters(Map<String, String> options) throws IOException {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (Map.Entry<Filter, @Nullable String> filter : question.filters().entrySet()) {
            parameters.put(filter.getKey().key(), String.valueOf(filter.getValue()));
        }
        parameters.putAll(options);
        parameters.put("made", now.truncatedTo(ChronoUnit.SECONDS).toString());
        parameters.put("records below", Long.toString(source.end()));
        return parameters;
    }
}
