package io.entrepot.server.audit.tlog;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a C2SP tlog-tiles path names: {@code checkpoint}, {@code tile/0/x001/234}, {@code tile/entries/012.p/17}. Its
 * {@code toString} is the path.
 */
public sealed interface LogPath {

    /** The newest checkpoint. */
    record Newest() implements LogPath {
        @Override
        public String toString() {
            return "checkpoint";
        }
    }

    /** The first {@code width} hashes of a tile of hashes; 256 is the whole of it. */
    record Hashes(int level, long index, int width) implements LogPath {
        @Override
        public String toString() {
            return "tile/" + level + "/" + Text.number(index) + Text.partial(width);
        }
    }

    /** The first {@code width} records of a bundle; 256 is the whole of it. */
    record Entries(long index, int width) implements LogPath {
        @Override
        public String toString() {
            return "tile/entries/" + Text.number(index) + Text.partial(width);
        }
    }

    /** Empty for whatever is not a path in its one form. */
    static Optional<LogPath> parse(String path) {
        if (path.equals("checkpoint")) {
            return Optional.of(new Newest());
        }
        Matcher tile = Text.TILE.matcher(path);
        if (!tile.matches()) {
            return Optional.empty();
        }
        long index = Text.parsed(tile.group(2));
        int width = tile.group(3) == null ? Tile.WIDTH : Integer.parseInt(tile.group(3));
        LogPath named = tile.group(1).equals("entries")
                ? new Entries(index, width)
                : new Hashes(Integer.parseInt(tile.group(1)), index, width);
        boolean possible = index <= Long.MAX_VALUE / Tile.WIDTH - 1 && width <= Tile.WIDTH;
        return possible && named.toString().equals(path) ? Optional.of(named) : Optional.empty();
    }

    /** How numbers stand in a path: three digits an element, all but the last behind an {@code x}. */
    final class Text {

        private static final Pattern TILE =
                Pattern.compile("tile/(entries|[1-5]?\\d|6[0-3])/((?:x\\d{3}/){0,5}\\d{3})(?:\\.p/([1-9]\\d{0,2}))?");

        private Text() {}

        private static long parsed(String path) {
            long number = 0;
            for (String element : path.split("/", -1)) {
                number = number * 1000 + Integer.parseInt(element.replace("x", ""));
            }
            return number;
        }

        private static String number(long index) {
            String last = String.format("%03d", index % 1000);
            StringBuilder path = new StringBuilder(last);
            for (long rest = index / 1000; rest > 0; rest /= 1000) {
                path.insert(0, String.format("x%03d/", rest % 1000));
            }
            return path.toString();
        }

        private static String partial(int width) {
            return width == Tile.WIDTH ? "" : ".p/" + width;
        }
    }
}
