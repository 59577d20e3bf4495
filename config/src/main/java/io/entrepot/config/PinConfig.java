package io.entrepot.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where pins come from.
 *
 * @param file the lock file; read again when it changes
 * @param firstSeen for which tags the digest that was pulled first becomes the pin
 */
public record PinConfig(Optional<Path> file, List<FirstSeen> firstSeen) {

    public static final PinConfig NONE = new PinConfig(Optional.empty(), List.of());

    public PinConfig {
        firstSeen = List.copyOf(firstSeen);
    }

    /**
     * Tags that keep the digest which they had when they were first pulled.
     *
     * @param match of which only registries, repositories, tags and versions are given
     * @param pinBy whose completed pull makes a pin
     * @param confirm whether it holds only once somebody promoted it
     */
    public record FirstSeen(PolicyMatch match, AskerMatch pinBy, boolean confirm) {}
}
