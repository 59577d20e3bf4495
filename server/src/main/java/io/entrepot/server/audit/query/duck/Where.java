package io.entrepot.server.audit.query.duck;

import io.entrepot.server.audit.query.Filter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Filters as conditions of SQL. Every value in them is a literal made by {@link Duck#text}. */
final class Where {

    private static final String WILD = "*?";

    private final Map<Filter, String> filters;

    Where(Map<Filter, String> filters) {
        this.filters = filters;
    }

    Instant from() {
        return filters.containsKey(Filter.FROM) ? Instant.parse(filters.get(Filter.FROM)) : Instant.EPOCH;
    }

    /** The latest time there is, if none was asked for. */
    Instant to() {
        return filters.containsKey(Filter.TO)
                ? Instant.parse(filters.get(Filter.TO))
                : Instant.parse("9999-12-31T00:00:00Z");
    }

    static String literal(Instant time) {
        return "TIMESTAMPTZ " + Duck.text(time.toString());
    }

    /** Of records: all filters. */
    String scope() {
        return and(list(Set.of()));
    }

    /** Of records: only the time. */
    String period() {
        List<String> conditions = new ArrayList<>();
        time(conditions, from(), to(), "time");
        return and(conditions);
    }

    /** Of records: all filters, with no beginning. */
    String before() {
        return and(list(Set.of(Filter.FROM)));
    }

    /** Of requests that pulls are made of: what is the same for all requests of one pull, and some time before. */
    String around() {
        List<String> conditions = who();
        time(conditions, from().equals(Instant.EPOCH) ? from() : from().minusSeconds(3600), to(), "time");
        return and(conditions);
    }

    /** Of transfers that belong to those requests; they may end later. */
    String later() {
        List<String> conditions = who();
        time(conditions, from().equals(Instant.EPOCH) ? from() : from().minusSeconds(3600), latest(to()), "time");
        return and(conditions);
    }

    static Instant latest(Instant to) {
        return to.isAfter(Instant.parse("9000-01-01T00:00:00Z")) ? to : to.plusSeconds(86_400);
    }

    /** Of pulls. */
    String pulls() {
        List<String> conditions = who();
        time(conditions, from(), to(), "began");
        text(conditions, Filter.DIGEST, digest -> "(root = " + digest + " OR image = " + digest + ")");
        text(
                conditions,
                Filter.LAYER,
                layer -> "(image IN " + manifests(layer) + " OR root IN " + manifests(layer) + " OR root IN "
                        + indexes(layer) + ")");
        text(conditions, Filter.VERDICT, verdict -> "verdict = " + verdict);
        text(conditions, Filter.RULE, rule -> "rule = " + rule);
        number(conditions, "pull");
        glob(conditions, Filter.NAMESPACE, "namespace");
        glob(conditions, Filter.PRINCIPAL, "principal");
        conditions.addAll(tag("coalesce(tag, '')", "''"));
        return and(conditions);
    }

    private List<String> list(Set<Filter> without) {
        List<String> conditions = who();
        conditions.addAll(tag("tag", "for_tag"));
        time(conditions, without.contains(Filter.FROM) ? Instant.EPOCH : from(), to(), "time");
        text(
                conditions,
                Filter.DIGEST,
                digest -> "(digest = " + digest + " OR root = " + digest + " OR image = " + digest + ")");
        text(
                conditions,
                Filter.LAYER,
                layer -> "(digest = " + layer + " OR image IN " + manifests(layer) + " OR digest IN " + manifests(layer)
                        + " OR digest IN " + indexes(layer) + ")");
        text(conditions, Filter.VERDICT, verdict -> "verdict = " + verdict);
        text(conditions, Filter.RULE, rule -> "rule = " + rule);
        text(conditions, Filter.UPSTREAM, upstream -> "upstream = " + upstream);
        text(conditions, Filter.TYPE, type -> "type = " + type);
        number(conditions, "seq");
        glob(conditions, Filter.NAMESPACE, "namespace");
        glob(conditions, Filter.PRINCIPAL, "principal");
        return conditions;
    }

    private void number(List<String> conditions, String column) {
        if (filters.containsKey(Filter.SEQ)) {
            conditions.add(column + " = " + Long.parseLong(filters.get(Filter.SEQ)));
        }
    }

    /** What holds for all requests of a pull, or for none. */
    private List<String> who() {
        List<String> conditions = new ArrayList<>();
        if (filters.containsKey(Filter.IMAGE)) {
            conditions.addAll(ImageGlob.conditions(filters.get(Filter.IMAGE)));
        }
        glob(conditions, Filter.CLIENT, "client");
        glob(conditions, Filter.NODE, "node");
        return conditions;
    }

    private List<String> tag(String tag, String otherwise) {
        List<String> conditions = new ArrayList<>();
        List<String> values = new ArrayList<>();
        if (filters.containsKey(Filter.TAG)) {
            values.add(filters.get(Filter.TAG));
        }
        if (filters.containsKey(Filter.IMAGE)) {
            String imageTag = ImageGlob.tag(filters.get(Filter.IMAGE));
            if (!imageTag.isEmpty()) {
                values.add(imageTag);
            }
        }
        values.forEach(value -> conditions.add("(" + matches(tag, value) + " OR " + matches(otherwise, value) + ")"));
        return conditions;
    }

    private static void time(List<String> conditions, Instant from, Instant to, String column) {
        if (!from.equals(Instant.EPOCH)) {
            conditions.add(column + " >= " + literal(from));
        }
        if (to.isBefore(Instant.parse("9000-01-01T00:00:00Z"))) {
            conditions.add(column + " < " + literal(to));
        }
    }

    private void text(List<String> conditions, Filter filter, java.util.function.UnaryOperator<String> condition) {
        if (filters.containsKey(filter)) {
            conditions.add(condition.apply(Duck.text(filters.get(filter))));
        }
    }

    private void glob(List<String> conditions, Filter filter, String column) {
        if (filters.containsKey(filter)) {
            conditions.add(matches(column, filters.get(filter)));
        }
    }

    /** Equality where it can be, since that is what files are skipped by. */
    static String matches(String column, String glob) {
        return wild(glob) ? column + " GLOB " + Duck.text(glob.replace("[", "[[]")) : column + " = " + Duck.text(glob);
    }

    static boolean wild(String text) {
        return text.chars().anyMatch(c -> WILD.indexOf(c) >= 0);
    }

    private static String manifests(String layer) {
        return "(SELECT manifest FROM layers WHERE digest = " + layer + " AND part <> 'child')";
    }

    private static String indexes(String layer) {
        return "(SELECT manifest FROM layers WHERE part = 'child' AND digest IN " + manifests(layer) + ")";
    }

    private static String and(List<String> conditions) {
        return conditions.isEmpty() ? "true" : String.join(" AND ", conditions);
    }
}
