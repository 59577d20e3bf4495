package io.entrepot.config;

import java.time.Duration;

/** Sizes and times as they stand in a configuration, for what is written elsewhere in the same way. */
public final class Quantities {

    private Quantities() {}

    /** Bytes of {@code 512MiB}. @throws IllegalArgumentException if it is no size */
    public static long size(String text) {
        return Text.size(text);
    }

    /** {@code 72h}. @throws IllegalArgumentException if it is no time */
    public static Duration duration(String text) {
        return Text.duration(text);
    }
}
