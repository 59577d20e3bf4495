package io.entrepot.server.upstream;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One challenge of a WWW-Authenticate header (RFC 9110, 11.6.1): a scheme and parameters, names and scheme in lower case.
 *
 * <p>Read as registries write it: several challenges in one header or in several, values with or without quotes.
 */
record Challenge(String scheme, Map<String, String> parameters) {

    Challenge {
        parameters = Map.copyOf(parameters);
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    /** Every challenge in these header values; what cannot be read is left out. */
    static List<Challenge> parse(List<String> headers) {
        List<Challenge> all = new ArrayList<>();
        for (String header : headers) {
            new Reader(header).read(all);
        }
        return all;
    }

    /** Reads {@code scheme name=value, name="value", scheme …} from left to right. */
    private static final class Reader {

        private static final String NOT_IN_TOKENS = " \t,=\"";

        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        void read(List<Challenge> into) {
            String scheme = "";
            Map<String, String> parameters = new HashMap<>();
            while (at < text.length()) {
                skip(" \t,");
                String word = token();
                skip(" \t");
                if (word.isEmpty()) {
                    at++;
                } else if (next('=')) {
                    parameters.putIfAbsent(word.toLowerCase(Locale.ROOT), value());
                } else if (isAlone()) {
                    // a scheme without parameters, or the rest of an unquoted scope:
                    // "scope=repository:x:pull,push,realm=…"
                    add(into, word, Map.of());
                } else {
                    add(into, scheme, parameters);
                    scheme = word;
                    parameters = new HashMap<>();
                }
            }
            add(into, scheme, parameters);
        }

        private boolean isAlone() {
            return at >= text.length() || text.charAt(at) == ',';
        }

        private static void add(List<Challenge> into, String scheme, Map<String, String> parameters) {
            if (!scheme.isEmpty()) {
                into.add(new Challenge(scheme.toLowerCase(Locale.ROOT), parameters));
            }
        }

        private String value() {
            skip(" \t");
            if (next('"')) {
                return quoted();
            }
            int start = at;
            while (at < text.length() && " \t,".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return text.substring(start, at);
        }

        private String quoted() {
            StringBuilder value = new StringBuilder();
            while (at < text.length() && text.charAt(at) != '"') {
                if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                    at++;
                }
                value.append(text.charAt(at++));
            }
            at++;
            return value.toString();
        }

        private String token() {
            int start = at;
            while (at < text.length() && NOT_IN_TOKENS.indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return text.substring(start, at);
        }

        private boolean next(char expected) {
            if (at < text.length() && text.charAt(at) == expected) {
                at++;
                return true;
            }
            return false;
        }

        private void skip(String characters) {
            while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }
    }
}
