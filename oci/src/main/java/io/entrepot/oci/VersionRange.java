package io.entrepot.oci;

import java.util.ArrayList;
import java.util.List;

/**
 * Versions between bounds that must all hold: {@code >=1.2 <2}, {@code =1.4.0}. A pre-release lies in a range only if a
 * bound of it is a pre-release of the same major, minor and patch, as people expect of {@code <2}.
 */
public record VersionRange(String text, List<Bound> bounds) {

    /** One comparison. */
    public record Bound(Operator operator, Version version) {
        boolean holds(Version other) {
            int order = other.compareTo(version);
            return switch (operator) {
                case LESS -> order < 0;
                case AT_MOST -> order <= 0;
                case EQUAL -> order == 0;
                case AT_LEAST -> order >= 0;
                case MORE -> order > 0;
            };
        }

        /** Whether nothing can be above this one and below that one. */
        private boolean excludes(Bound upper) {
            int order = version.compareTo(upper.version);
            boolean sharp = operator == Operator.MORE || upper.operator == Operator.LESS;
            return operator.isLower() && upper.operator.isUpper() && (order > 0 || (order == 0 && sharp));
        }

        private boolean speaksOf(Version preRelease) {
            return version.isPreRelease()
                    && version.major() == preRelease.major()
                    && version.minor() == preRelease.minor()
                    && version.patch() == preRelease.patch();
        }
    }

    /** How a version must stand to that of a bound. */
    public enum Operator {
        LESS("<"),
        AT_MOST("<="),
        EQUAL("="),
        AT_LEAST(">="),
        MORE(">");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }

        private boolean isLower() {
            return this == EQUAL || this == AT_LEAST || this == MORE;
        }

        private boolean isUpper() {
            return this == EQUAL || this == AT_MOST || this == LESS;
        }
    }

    public VersionRange {
        bounds = List.copyOf(bounds);
    }

    /** Parses bounds with blanks between them. @throws IllegalArgumentException if it is none */
    public static VersionRange parse(String text) {
        List<Bound> bounds = new ArrayList<>();
        for (String part : text.strip().split("\\s+", -1)) {
            bounds.add(bound(text, part));
        }
        return new VersionRange(text, bounds);
    }

    private static Bound bound(String text, String part) {
        int at = 0;
        while (at < part.length() && "<>=".indexOf(part.charAt(at)) >= 0) {
            at++;
        }
        String sign = part.substring(0, at);
        for (Operator operator : Operator.values()) {
            if (operator.sign.equals(sign)) {
                return new Bound(operator, Version.of(part.substring(at)).orElseThrow(() -> malformed(text)));
            }
        }
        throw malformed(text);
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException(
                "versions: " + Excerpt.of(text) + " (expected: bounds with blanks between them, as in \">=1.2 <2\")");
    }

    /** Whether its bounds contradict each other, so that no version lies within them. */
    public boolean isEmpty() {
        return bounds.stream().anyMatch(lower -> bounds.stream().anyMatch(lower::excludes));
    }

    /** Whether this tag is a version within all bounds. */
    public boolean contains(String tag) {
        return Version.of(tag).filter(this::contains).isPresent();
    }

    /** Whether it lies within all bounds. */
    public boolean contains(Version version) {
        for (Bound bound : bounds) {
            if (!bound.holds(version)) {
                return false;
            }
        }
        return !version.isPreRelease() || bounds.stream().anyMatch(bound -> bound.speaksOf(version));
    }

    @Override
    public String toString() {
        return text;
    }
}
