package io.entrepot.server.audit.query.duck;

import io.entrepot.server.audit.query.Records;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What reports select from, made of Parquet and of the records that are not derived yet. Of each table only files are opened that
 * can have what is asked for, by their days and by {@link Terms}.
 *
 * <pre>
 * records      of the days that were asked for
 * neighbours   those in the time that was asked for, each with the one before it and the one behind it in its file
 * chosen       those of them that can fit the filters: to be used with all of these
 * layers       what manifests name, as far as the filters or the pulls ask for it
 * carried      records of the days that were asked for that can be transfers of those
 * pulls        that fit the filters
 * all_pulls    those, and what fits but for being before the time that was asked for
 * </pre>
 */
final class Tables {

    private static final long MARGIN_DAYS = 1;

    /** Of more digests it is not looked up which files or repositories have them. */
    private static final int MOST_DIGESTS = 500;

    /** So many pulls that fit are kept, instead of being looked for each time. */
    private static final long KEPT = 50_000;

    private final Duck duck;
    private final Where where;
    private final Deriver deriver;
    private final Deriver.Standing standing;
    private final Terms terms;
    private final List<String> manifests;
    private final List<String> indexes;
    private final Set<ParquetFiles.Part> layerParts = new HashSet<>();

    private Tables(Duck duck, Where where, Deriver deriver, Deriver.Standing standing)
            throws IOException, SQLException {
        this.duck = duck;
        this.where = where;
        this.deriver = deriver;
        this.standing = standing;
        this.terms = Terms.open(deriver.termsFile());
        String layer = where.layer();
        if (layer == null) {
            this.manifests = List.of();
            this.indexes = List.of();
        } else {
            layers(Term.Field.DIGEST, List.of(layer));
            this.manifests = duck.texts("SELECT DISTINCT manifest FROM " + Where.manifests(Duck.text(layer)));
            layers(Term.Field.DIGEST, with(manifests, layer));
            this.indexes = duck.texts("SELECT DISTINCT manifest FROM " + Where.indexes(Duck.text(layer)));
        }
    }

    /** Opens them for a report: reads what is not derived yet. */
    static Tables open(Duck duck, Path directory, Records source, Where where) throws IOException, SQLException {
        return open(duck, directory, source, where, Needles.NONE);
    }

    /** Opens them for a page: of what is not derived yet, no more is read than can fit. */
    static Tables ofPage(Duck duck, Path directory, Records source, Where where) throws IOException, SQLException {
        return open(duck, directory, source, where, where.needles());
    }

    private static Tables open(Duck duck, Path directory, Records source, Where where, Needles needles)
            throws IOException, SQLException {
        Deriver deriver = new Deriver(duck, directory);
        return new Tables(duck, where, deriver, new Tail(duck, deriver, needles).open(source));
    }

    /** Conditions of which a record must fulfil one. */
    List<String> branches() {
        return where.branches(manifests, indexes);
    }

    /** The files that can have records that fit, and how many. */
    List<Pages.Candidate> candidates() {
        List<ParquetFiles.Part> parts = inTime();
        long seq = where.seq();
        var atMost = terms.atMost(
                deriver.records().name(), parts, where.terms(deriver.records().name(), manifests, indexes));
        return parts.stream()
                .filter(part -> seq < 0 || part.from() <= seq && seq < part.to())
                .map(part -> new Pages.Candidate(part, atMost.getOrDefault(part, Pages.UNKNOWN)))
                .filter(candidate -> candidate.atMost() != 0)
                .toList();
    }

    /** The files of the days that were asked for, and those next to them, since records are in the order of their numbers. */
    private List<ParquetFiles.Part> inTime() {
        String first = day(where.from(), -MARGIN_DAYS);
        String last = day(where.to(), MARGIN_DAYS);
        return standing.records().stream()
                .filter(part -> part.day().compareTo(first) >= 0 && part.day().compareTo(last) <= 0)
                .toList();
    }

    /** A table that has these records, which were found in those files or in the tail. */
    String picked(Records source, List<Long> seqs, List<Pages.Candidate> candidates) throws IOException, SQLException {
        List<ParquetFiles.Part> parts =
                candidates.stream().map(Pages.Candidate::part).toList();
        return new Picked(deriver).table(source, seqs, standing.next(), parts);
    }

    /** Makes what a report selects from. */
    void make(Report report) throws IOException, SQLException {
        if (report.mentions("records")) {
            view("records", inTime(), "tail");
        }
        if (report.mentions("neighbours")) {
            neighbours();
        }
        if (report.mentions("chosen")) {
            view("chosen", candidates().stream().map(Pages.Candidate::part).toList(), "tail");
        }
        if (report.mentions("pulls")) {
            pulls(report);
        }
        if (report.mentions("layers")) {
            List<String> images =
                    duck.texts("SELECT DISTINCT image FROM pulls WHERE image IS NOT NULL LIMIT " + (MOST_DIGESTS + 1));
            layers(Term.Field.MANIFEST, images);
            carried(images);
        }
    }

    /** File by file, which can be done side by side. */
    private void neighbours() throws SQLException {
        String columns = "SELECT seq, time, type, detail, epoch_us(time) AS us, lag(seq) OVER () AS near_seq,"
                + " lag(time) OVER () AS near_time, lag(epoch_us(time)) OVER () AS near_us, lead(seq) OVER () AS next_seq FROM ";
        List<String> files = new ArrayList<>();
        inTime().forEach(part -> files.add(Deriver.parquet(List.of(part))));
        files.add("tail");
        duck.run("CREATE OR REPLACE TEMP VIEW neighbours AS "
                + files.stream()
                        .map(file -> columns + file + " WHERE " + where.period())
                        .collect(Collectors.joining(" UNION ALL ")));
    }

    /** @param images that pulls are of; of more than are looked up, any file may carry something */
    private void carried(List<String> images) throws SQLException {
        List<String> digests = images.size() > MOST_DIGESTS
                ? images
                : duck.texts("SELECT DISTINCT digest FROM layers WHERE manifest IN (SELECT image FROM pulls) LIMIT "
                        + (MOST_DIGESTS + 1));
        List<Term> any = digests.stream()
                .map(digest -> new Term(Term.Field.DIGEST, digest))
                .toList();
        List<ParquetFiles.Part> parts = inTime();
        view(
                "carried",
                digests.size() > MOST_DIGESTS
                        ? parts
                        : terms.narrow(deriver.records().name(), parts, List.of(any)),
                "tail");
    }

    private void layers(Term.Field field, List<String> values) throws SQLException {
        List<ParquetFiles.Part> parts = standing.layers();
        List<Term> any = values.stream().map(value -> new Term(field, value)).toList();
        layerParts.addAll(
                values.size() > MOST_DIGESTS
                        ? parts
                        : terms.narrow(deriver.layers().name(), parts, List.of(any)));
        view("layers", parts.stream().filter(layerParts::contains).toList(), "tail_layers");
    }

    /** What was gathered of days that are over, and what is made now of the rest. */
    private void pulls(Report report) throws IOException, SQLException {
        String open = firstNotIn(standing.pulls());
        recent(open);
        String first = day(where.from(), 0);
        String last = day(where.to(), 0);
        List<ParquetFiles.Part> all = standing.pulls().stream()
                .filter(part -> part.day().compareTo(last) <= 0 && part.day().compareTo(open) < 0)
                .toList();
        if (report.mentions("all_pulls")) {
            pulls("all_pulls", all, where.pullsBefore());
        }
        if (report.mentions(" pulls")) {
            pulls(
                    "pulls",
                    all.stream()
                            .filter(part -> part.day().compareTo(first) >= 0)
                            .toList(),
                    where.pulls());
        }
    }

    private void pulls(String name, List<ParquetFiles.Part> parts, String condition) throws SQLException {
        String table = deriver.pulls().name();
        var atMost = terms.atMost(table, parts, where.terms(table, manifests, indexes));
        List<ParquetFiles.Part> some =
                parts.stream().filter(part -> atMost.getOrDefault(part, 1L) > 0).toList();
        boolean few =
                some.stream().mapToLong(part -> atMost.getOrDefault(part, KEPT)).sum() < KEPT;
        String derived = some.isEmpty() ? "" : "SELECT * FROM " + Deriver.parquet(some) + " UNION ALL BY NAME ";
        duck.run("CREATE OR REPLACE TEMP " + (few ? "TABLE " : "VIEW ") + name + " AS SELECT * FROM (" + derived
                + "SELECT * FROM recent) WHERE " + condition);
    }

    /** Pulls that began on this day or later. */
    private void recent(String open) throws IOException, SQLException {
        Instant from = LocalDate.parse(open).atStartOfDay(ZoneOffset.UTC).toInstant();
        String first = day(from, -MARGIN_DAYS);
        String last = day(where.to(), MARGIN_DAYS);
        view(
                "lately",
                standing.records().stream()
                        .filter(part ->
                                part.day().compareTo(first) >= 0 && part.day().compareTo(last) <= 0)
                        .toList(),
                "tail");
        duck.run("CREATE OR REPLACE TEMP TABLE recent AS "
                + PullTable.sql("lately", from, where.to(), where.who(), repositories(from)));
    }

    /** A condition that holds for all records of pulls that can fit the filters' digests: those of some repositories. */
    private String repositories(Instant from) throws SQLException {
        String digest = where.digest();
        List<String> digests = digest == null ? with(manifests, indexes) : List.of(digest);
        if (digest == null && where.layer() == null || digests.size() > MOST_DIGESTS) {
            return "true";
        }
        if (digests.isEmpty()) {
            return "false";
        }
        String in = Where.in(digests);
        Set<String> of = duck.rows(
                "SELECT DISTINCT registry, repository FROM lately WHERE type IN ('decision', 'transfer') AND "
                        + PullTable.near(from, where.to()) + " AND (digest IN " + in + " OR root IN " + in
                        + " OR image IN " + in + ")",
                Tables::repositories);
        return of.isEmpty() ? "false" : of.size() > MOST_DIGESTS ? "true" : "(" + String.join(" OR ", of) + ")";
    }

    private static Set<String> repositories(ResultSet rows) throws SQLException {
        Set<String> conditions = new LinkedHashSet<>();
        while (rows.next()) {
            conditions.add(
                    "(" + is("registry", rows.getString(1)) + " AND " + is("repository", rows.getString(2)) + ")");
        }
        return conditions;
    }

    private static String is(String column, @Nullable String value) {
        return column + (value == null ? " IS NULL" : " = " + Duck.text(value));
    }

    private static List<String> with(List<String> some, String other) {
        return with(some, List.of(other));
    }

    private static List<String> with(List<String> some, List<String> others) {
        List<String> all = new ArrayList<>(some);
        all.addAll(others);
        return all;
    }

    /** The first day of records whose pulls are not gathered; a day behind the last one if all are. */
    private String firstNotIn(List<ParquetFiles.Part> gathered) {
        Set<String> have = gathered.stream().map(ParquetFiles.Part::day).collect(Collectors.toSet());
        List<String> days = standing.records().stream()
                .map(ParquetFiles.Part::day)
                .distinct()
                .toList();
        return days.stream()
                .filter(day -> !have.contains(day))
                .findFirst()
                .orElse(
                        days.isEmpty()
                                ? "1970-01-01"
                                : LocalDate.parse(days.get(days.size() - 1))
                                        .plusDays(1)
                                        .toString());
    }

    /** A year that no clock has is the last or the first of all. */
    private static String day(Instant time, long days) {
        LocalDate day = time.atZone(ZoneOffset.UTC).toLocalDate();
        return day.getYear() >= 9000 || day.getYear() <= 1970
                ? day.toString()
                : day.plusDays(days).toString();
    }

    private void view(String name, List<ParquetFiles.Part> parts, String tail) throws SQLException {
        String derived = parts.isEmpty() ? "" : "SELECT * FROM " + Deriver.parquet(parts) + " UNION ALL BY NAME ";
        duck.run("CREATE OR REPLACE TEMP VIEW " + name + " AS " + derived + "SELECT * FROM " + tail);
    }
}
