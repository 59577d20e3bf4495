package io.entrepot.loadtest.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** CPU time that a process and its children have used: utime and stime of {@code /proc/PID/stat}, man 5 proc. */
final class CpuTime {

    /** USER_HZ, which is 100 on every architecture that we run on. */
    private static final double TICKS_PER_SECOND = 100;

    private static final Pattern SPACE = Pattern.compile(" ");

    private CpuTime() {}

    /** Seconds of CPU used so far by the process and those of its descendants that live. */
    static double seconds(ProcessHandle process) {
        return Stream.concat(Stream.of(process), process.descendants())
                .mapToDouble(one -> secondsOf(one.pid()))
                .sum();
    }

    /** Seconds of CPU used so far by the living threads of a process whose names begin so. */
    static double ofThreads(long pid, String name) {
        double seconds = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path thread : threads) {
                if (Files.readString(thread.resolve("comm")).startsWith(name)) {
                    seconds += secondsOf(thread.resolve("stat"));
                }
            }
            return seconds;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double secondsOf(long pid) {
        return secondsOf(Path.of("/proc", Long.toString(pid), "stat"));
    }

    private static double secondsOf(Path stat) {
        try {
            return parse(Files.readString(stat));
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads utime and stime, fields 14 and 15; the second field is a name in parentheses that may hold anything. */
    static double parse(String stat) {
        String[] behindName = SPACE.split(stat.substring(stat.lastIndexOf(')') + 2), -1);
        return (Long.parseLong(behindName[11]) + Long.parseLong(behindName[12])) / TICKS_PER_SECOND;
    }
}
