package io.entrepot.oci;

/** As much of a text that came from outside as a message needs. */
final class Excerpt {

    private static final int LONGEST = 140;

    private Excerpt() {}

    static String of(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }
}
