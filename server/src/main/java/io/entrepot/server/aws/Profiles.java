package io.entrepot.server.aws;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The profiles of Amazon's two shared files: of the credentials file, whose sections are {@code [name]}, and of the
 * configuration file, whose sections are {@code [profile name]} and {@code [default]}. A value that stands in both is taken from the first.
 *
 * <pre>
 *   [default]
 *   aws_access_key_id = AKIA…
 *   aws_secret_access_key = …
 *   aws_session_token = …
 *
 *   [profile mirror]
 *   role_arn = arn:aws:iam::123456789012:role/mirror
 *   source_profile = default
 * </pre>
 */
final class Profiles {

    private static final String PROFILE = "profile ";
    private static final String DEFAULT = "default";

    private final Map<String, Map<String, String>> byName = new HashMap<>();

    private Profiles() {}

    /** The values of one profile, some of which are secret. */
    record Profile(String name, Map<String, String> values) {

        Profile {
            values = Map.copyOf(values);
        }

        /** Empty if it is not said. */
        String get(String key) {
            return values.getOrDefault(key, "");
        }

        boolean has(String key) {
            return !get(key).isEmpty();
        }

        @Override
        public String toString() {
            return "profile " + name;
        }
    }

    /** @param configuration the text of that file; empty if there is none */
    static Profiles of(String credentials, String configuration) {
        Profiles profiles = new Profiles();
        profiles.read(credentials, false);
        profiles.read(configuration, true);
        return profiles;
    }

    Optional<Profile> find(String name) {
        return Optional.ofNullable(byName.get(name)).map(values -> new Profile(name, values));
    }

    private void read(String text, boolean configuration) {
        Map<String, String> section = new HashMap<>();
        for (String line : text.split("\\R", -1)) {
            String bare = line.strip();
            int equals = bare.indexOf('=');
            if (bare.startsWith("[") && bare.endsWith("]")) {
                section = section(bare.substring(1, bare.length() - 1).strip(), configuration);
            } else if (equals > 0 && !bare.startsWith("#") && !bare.startsWith(";")) {
                section.putIfAbsent(
                        bare.substring(0, equals).strip(),
                        bare.substring(equals + 1).strip());
            }
        }
    }

    /** What is no profile, such as {@code [sso-session …]}, goes nowhere. */
    private Map<String, String> section(String title, boolean configuration) {
        boolean named = title.startsWith(PROFILE);
        if (configuration && !named && !title.equals(DEFAULT)) {
            return new HashMap<>();
        }
        String name = configuration && named ? title.substring(PROFILE.length()).strip() : title;
        return byName.computeIfAbsent(name.replaceFirst("^\"(.*)\"$", "$1"), each -> new HashMap<>());
    }
}
