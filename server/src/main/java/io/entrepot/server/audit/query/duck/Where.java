package io.entrepot.server.audit.query.duck;

import io.entrepot.server.audit.query.Filter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Filters as conditions of SQL. Every value in them is a literal made by {@link Duck#text}. */
final class Where {

    private static final String WILD = "*?";

    /** No clock shows it. */
    static final Instant NEVER = Instant.parse("9000-01-01T00:00:00Z");

    private final Map<Filter, String> filters;

    Where(Map<Filter, String> filters) {
        this.filters = filters;
    }

    Instant from() {
        return filters.containsKey(Filter.FROM) ? Instant.parse(filters.get(Filter.FROM)) : Instant.EPOCH;
    }

    /** The latest time there is, if none was asked for. */
    Instant to() {
        return filters.containsKey(Filter.TO) ? Instant.parse(filters.get(Filter.TO)) : NEVER.plusSeconds(1);
    }

    static String literal(Instant time) {
        return "TIMESTAMPTZ " + Duck.text(time.toString());
    }

    /** Of records: all filters. */
    String scope() {
        return and(list(Set.of()));
    }

    /**
     * Of records: all filters, as conditions of which one must hold, each with plain comparisons.
     *
     * @param manifests of the images that contain the layer of the filter
     * @param indexes above those
     */
    List<String> branches(List<String> manifests, List<String> indexes) {
        Map<Filter, String> rest = new TreeMap<>(filters);
        rest.remove(Filter.DIGEST);
        rest.remove(Filter.LAYER);
        String base = new Where(rest).scope();
        List<String> digests = filters.containsKey(Filter.DIGEST)
                ? Stream.of("digest", "root", "image")
                        .map(column -> column + " = " + Duck.text(filters.get(Filter.DIGEST)))
                        .toList()
                : List.of("true");
        List<String> layers = filters.containsKey(Filter.LAYER)
                ? layer(filters.get(Filter.LAYER), manifests, indexes)
                : List.of("true");
        return digests.stream()
                .flatMap(digest -> layers.stream().map(layer -> base + " AND " + digest + " AND " + layer))
                .toList();
    }

    private static List<String> layer(String layer, List<String> manifests, List<String> indexes) {
        List<String> named = new ArrayList<>(manifests);
        named.add(layer);
        named.addAll(indexes);
        List<String> branches = new ArrayList<>();
        branches.add("digest IN " + in(named));
        if (!manifests.isEmpty()) {
            branches.add("image IN " + in(manifests));
        }
        return branches;
    }

    static String in(List<String> values) {
        return values.stream().map(Duck::text).collect(Collectors.joining(", ", "(", ")"));
    }

    /**
     * What a file of this table must have for any of its rows to fit: one of the terms of each list.
     *
     * @param manifests of the images that contain the layer of the filter
     * @param indexes above those
     */
    List<List<Term>> terms(String table, List<String> manifests, List<String> indexes) {
        List<List<Term>> all = new ArrayList<>();
        term(all, Filter.DIGEST, Term.Field.DIGEST);
        if (filters.containsKey(Filter.LAYER)) {
            List<String> digests = new ArrayList<>(manifests);
            digests.addAll(indexes);
            digests.add(filters.get(Filter.LAYER));
            all.add(digests.stream()
                    .map(digest -> new Term(Term.Field.DIGEST, digest))
                    .toList());
        }
        if (filters.containsKey(Filter.IMAGE)) {
            String image = filters.get(Filter.IMAGE);
            exact(all, ImageGlob.name(image), Term.Field.NAME);
            exact(all, ImageGlob.tag(image), Term.Field.TAG);
        }
        glob(all, Filter.TAG, Term.Field.TAG);
        glob(all, Filter.CLIENT, Term.Field.CLIENT);
        glob(all, Filter.NODE, Term.Field.NODE);
        glob(all, Filter.NAMESPACE, Term.Field.NAMESPACE);
        glob(all, Filter.PRINCIPAL, Term.Field.PRINCIPAL);
        term(all, Filter.VERDICT, Term.Field.VERDICT);
        term(all, Filter.RULE, Term.Field.RULE);
        term(all, Filter.UPSTREAM, Term.Field.UPSTREAM);
        term(all, Filter.TYPE, Term.Field.TYPE);
        all.removeIf(any -> any.get(0).field().columns(table).isEmpty());
        return all;
    }

    private void term(List<List<Term>> all, Filter filter, Term.Field field) {
        if (filters.containsKey(filter)) {
            all.add(List.of(new Term(field, filters.get(filter))));
        }
    }

    private void glob(List<List<Term>> all, Filter filter, Term.Field field) {
        if (filters.containsKey(filter)) {
            exact(all, filters.get(filter), field);
        }
    }

    private static void exact(List<List<Term>> all, String value, Term.Field field) {
        if (!value.isEmpty() && !wild(value)) {
            all.add(List.of(new Term(field, value)));
        }
    }

    /** What stands in every record that fits; nothing where images are looked for first, and of types, which may be given later. */
    Needles needles() {
        return filters.containsKey(Filter.LAYER)
                ? Needles.NONE
                : Needles.of(Stream.of(Filter.DIGEST, Filter.CLIENT, Filter.NODE, Filter.VERDICT, Filter.RULE)
                        .filter(filters::containsKey)
                        .map(filters::get)
                        .toList());
    }

    /** The number of the one record that is asked for; -1: none is. */
    long seq() {
        return filters.containsKey(Filter.SEQ) ? Long.parseLong(filters.get(Filter.SEQ)) : -1;
    }

    /** The layer that images must contain; null: none is asked for. */
    @Nullable String layer() {
        return filters.get(Filter.LAYER);
    }

    /** The digest that is asked for; null: none is. */
    @Nullable String digest() {
        return filters.get(Filter.DIGEST);
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

    /** Of requests and transfers that pulls are made of: what is the same for all of one pull. */
    String who() {
        return and(names());
    }

    /** Of pulls: all filters, with no beginning. */
    String pullsBefore() {
        Map<Filter, String> rest = new TreeMap<>(filters);
        rest.remove(Filter.FROM);
        return new Where(rest).pulls();
    }

    /** Of pulls. */
    String pulls() {
        List<String> conditions = names();
        time(conditions, from(), to(), "began");
        text(
                conditions,
                Filter.DIGEST,
                digest -> "(root = " + digest + " OR image = " + digest + " OR reference = " + digest + ")");
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
        List<String> conditions = names();
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
    private List<String> names() {
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
        if (to.isBefore(NEVER)) {
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

    /** The images that contain a layer. */
    static String manifests(String layer) {
        return "(SELECT manifest FROM layers WHERE digest = " + layer + " AND part <> 'child')";
    }

    /** The indexes above those. */
    static String indexes(String layer) {
        return "(SELECT manifest FROM layers WHERE part = 'child' AND digest IN " + manifests(layer) + ")";
    }

    private static String and(List<String> conditions) {
        return conditions.isEmpty() ? "true" : String.join(" AND ", conditions);
    }
}
