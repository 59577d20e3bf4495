package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names in a journal's directory: {@code <first seq, 16 hex>.seg}, {@code spare-<n>.seg}, {@code *.tmp} (a spare in the
 * making), {@code *.damaged} (a segment that nobody can read, for people), {@code durable}, {@code lock}.
 */
record Layout(Path directory) {

    private static final Pattern SEGMENT = Pattern.compile("([0-7][0-9a-f]{15})\\.seg");
    private static final Pattern SPARE = Pattern.compile("spare-([0-9]{1,9})\\.seg");

    Path segment(long first) {
        return directory.resolve(String.format("%016x.seg", first));
    }

    Path damaged(long first) {
        return directory.resolve(String.format("%016x.damaged", first));
    }

    Path spare(int number) {
        return directory.resolve("spare-" + number + ".seg");
    }

    Path unfinished(int number) {
        return directory.resolve("spare-" + number + ".tmp");
    }

    Path durable() {
        return directory.resolve("durable");
    }

    Path lock() {
        return directory.resolve("lock");
    }

    /** The first seqs of the segments, ascending. */
    List<Long> segments(JournalFs fs) throws IOException {
        return fs.list(directory).stream()
                .map(path -> SEGMENT.matcher(path.getFileName().toString()))
                .filter(Matcher::matches)
                .map(name -> Long.parseLong(name.group(1), 16))
                .sorted()
                .toList();
    }

    /** The number of a spare segment, if it is one. */
    static Optional<Integer> spareNumber(Path path) {
        Matcher name = SPARE.matcher(path.getFileName().toString());
        return name.matches() ? Optional.of(Integer.valueOf(name.group(1))) : Optional.empty();
    }

    static boolean isUnfinished(Path path) {
        return path.getFileName().toString().endsWith(".tmp");
    }
}
