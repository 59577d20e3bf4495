package io.entrepot.oci;

/**
 * A pattern over names: {@code *} is any run of characters within one path segment, {@code **} crosses segments.
 *
 * <p>Matching takes no memory and, for patterns that people write, one pass; at worst the product of both lengths squared.
 */
public record Glob(String pattern) {

    public Glob {
        if (pattern.isEmpty() || pattern.length() > 512) {
            throw new IllegalArgumentException("pattern: " + Excerpt.of(pattern) + " (expected: 1 to 512 characters)");
        }
    }

    /** True if the whole of {@code text} matches. */
    public boolean matches(String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int starText = 0;
        int doubleStar = -1;
        int doubleStarText = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                if (pattern.startsWith("**", p)) {
                    p += 2;
                    doubleStar = p;
                    doubleStarText = t;
                    star = -1;
                } else {
                    p++;
                    star = p;
                    starText = t;
                }
            } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
                p++;
                t++;
            } else if (star >= 0 && text.charAt(starText) != '/') {
                starText++;
                t = starText;
                p = star;
            } else if (doubleStar >= 0) {
                doubleStarText++;
                t = doubleStarText;
                p = doubleStar;
                star = -1;
            } else {
                return false;
            }
        }
        return onlyStarsFrom(p);
    }

    private boolean onlyStarsFrom(int position) {
        for (int p = position; p < pattern.length(); p++) {
            if (pattern.charAt(p) != '*') {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return pattern;
    }
}
