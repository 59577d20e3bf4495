package io.entrepot.config;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Text that is never printed: {@link #toString} is {@code ***}. */
public final class Secret {

    private final String value;
    private final @Nullable Path file;

    public Secret(String value) {
        this(value, null);
    }

    private Secret(String value, @Nullable Path file) {
        this.value = value;
        this.file = file;
    }

    /** What stands in a file now, without the end of its line. */
    static Secret of(String value, Path file) {
        return new Secret(value, file);
    }

    /** The file that it was read from, which may have another by now. */
    public Optional<Path> file() {
        return Optional.ofNullable(file);
    }

    /** Another that has come from the same place. */
    public Secret changed(String other) {
        return new Secret(other, file);
    }

    /** The text itself, for the one place that needs it. */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && secret.value.equals(value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }
}
