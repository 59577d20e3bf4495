package io.entrepot.server.audit.query.duck;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A statement with places, {@code ${name}}. All of them are filled at once: what is put into one is not looked at again, so that a
 * value that was asked for with {@code ${from}} in it stays a value.
 */
final class Template {

    private static final Pattern PLACE = Pattern.compile("\\$\\{([a-z]+)}");

    private Template() {}

    /** @throws IllegalStateException for a place that has no value */
    static String filled(String statement, Map<String, String> values) {
        return PLACE.matcher(statement).replaceAll(place -> {
            String value = values.get(place.group(1));
            if (value == null) {
                throw new IllegalStateException(place.group() + " has no value");
            }
            return Matcher.quoteReplacement(value);
        });
    }
}
