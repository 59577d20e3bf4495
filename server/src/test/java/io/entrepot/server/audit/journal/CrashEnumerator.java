package io.entrepot.server.audit.journal;

import io.entrepot.server.audit.journal.FileOp.Create;
import io.entrepot.server.audit.journal.FileOp.Delete;
import io.entrepot.server.audit.journal.FileOp.Force;
import io.entrepot.server.audit.journal.FileOp.ForceDirectory;
import io.entrepot.server.audit.journal.FileOp.Mkdir;
import io.entrepot.server.audit.journal.FileOp.Move;
import io.entrepot.server.audit.journal.FileOp.Write;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * Builds what a power cut may leave of a series of file operations.
 *
 * <p>For each prefix of the series: a write that was not forced is there, absent, or torn between sectors or pages;
 * the new name and the lost name of a creation, move or deletion whose directory was not forced are kept or lost, each by
 * itself. All combinations if they are few, else a sample with a fixed seed.
 */
final class CrashEnumerator {

    /** Combinations of one prefix that are all built, and of which a quarter is built if they are more. */
    private static final int ALL_UP_TO = Integer.getInteger("entrepot.crash.states", 64);

    /** The outcomes of a write: there, absent, torn in one of six ways. */
    private static final int TEARS = 8;

    private static final int ABSENT = 1;
    private static final int SAMPLE = ALL_UP_TO / 4;

    /** What is on the disk after a crash: {@code acknowledged} operations had been done before it. */
    record State(int acknowledged, Map<Path, byte[]> files, Set<Path> directories) {

        /** Makes the files under another root. */
        void materialise(Path from, Path to) throws IOException {
            Files.createDirectories(to);
            for (Path directory : directories.stream().sorted().toList()) {
                Files.createDirectories(to.resolve(from.relativize(directory)));
            }
            for (Map.Entry<Path, byte[]> file : files.entrySet()) {
                Files.write(to.resolve(from.relativize(file.getKey())), file.getValue());
            }
        }
    }

    /** What is done with a state. */
    @FunctionalInterface
    interface Check {
        void on(State state) throws IOException;
    }

    /** An effect that a crash may take away: a write with eight outcomes, or a change of a name with two. */
    private record Effect(int op, boolean unlink, int outcomes) {}

    private final Path root;
    private final List<FileOp> log;
    private final Set<List<Object>> seen = new HashSet<>();
    private int states;

    CrashEnumerator(Path root, List<FileOp> log) {
        this.root = root;
        this.log = log;
    }

    /** The number of different states that were checked. */
    int states() {
        return states;
    }

    /** Crashes after this many operations or more. */
    void forEachFrom(int first, Check check) throws IOException {
        for (int prefix = first; prefix <= log.size(); prefix++) {
            forEach(prefix, pending(prefix), check);
        }
    }

    private void forEach(int prefix, List<Effect> pending, Check check) throws IOException {
        long combinations = 1;
        for (Effect effect : pending) {
            combinations = Math.min(ALL_UP_TO + 1L, combinations * effect.outcomes());
        }
        Random random = new Random(prefix);
        for (int i = 0; i < (combinations > ALL_UP_TO ? SAMPLE : combinations); i++) {
            int[] choice = combinations > ALL_UP_TO ? sampled(pending, random) : numbered(pending, i);
            visit(build(prefix, pending, choice), check);
        }
    }

    private void visit(State state, Check check) throws IOException {
        Map<Path, Integer> contents = new TreeMap<>();
        state.files().forEach((path, bytes) -> contents.put(path, Arrays.hashCode(bytes)));
        if (seen.add(List.of(state.acknowledged(), contents, state.directories()))) {
            states++;
            check.on(state);
        }
    }

    private static int[] numbered(List<Effect> pending, int number) {
        int[] choice = new int[pending.size()];
        int rest = number;
        for (int i = 0; i < choice.length; i++) {
            choice[i] = rest % pending.get(i).outcomes();
            rest /= pending.get(i).outcomes();
        }
        return choice;
    }

    private static int[] sampled(List<Effect> pending, Random random) {
        return pending.stream()
                .mapToInt(effect -> random.nextInt(effect.outcomes()))
                .toArray();
    }

    private List<Effect> pending(int prefix) {
        List<Effect> pending = new ArrayList<>();
        for (int i = 0; i < prefix; i++) {
            FileOp op = log.get(i);
            if (op instanceof Write write && !isForced(write.file(), i, prefix)) {
                pending.add(new Effect(i, false, TEARS));
            } else if (op instanceof Create create) {
                addName(pending, i, false, create.path(), prefix);
            } else if (op instanceof Mkdir mkdir) {
                addName(pending, i, false, mkdir.path(), prefix);
            } else if (op instanceof Delete delete) {
                addName(pending, i, true, delete.path(), prefix);
            } else if (op instanceof Move move) {
                addName(pending, i, false, move.to(), prefix);
                addName(pending, i, true, move.from(), prefix);
            }
        }
        return pending;
    }

    private void addName(List<Effect> pending, int op, boolean unlink, Path path, int prefix) {
        boolean durable = log.subList(op, prefix).stream()
                .anyMatch(later ->
                        later instanceof ForceDirectory force && force.path().equals(path.getParent()));
        if (!durable) {
            pending.add(new Effect(op, unlink, 2));
        }
    }

    private boolean isForced(int file, int from, int prefix) {
        return log.subList(from, prefix).stream().anyMatch(later -> later.equals(new Force(file)));
    }

    private State build(int prefix, List<Effect> pending, int[] choice) {
        Map<Effect, Integer> outcomes = new HashMap<>();
        for (int i = 0; i < choice.length; i++) {
            outcomes.put(pending.get(i), choice[i]);
        }
        Disk disk = new Disk();
        for (int i = 0; i < prefix; i++) {
            disk.apply(i, log.get(i), outcomes);
        }
        return disk.state(prefix);
    }

    /** Outcome 0 is that the effect is there, so that the first combination of all is no loss at all. */
    private final class Disk {

        private final Map<Path, Integer> names = new HashMap<>();
        private final Map<Path, Integer> current = new HashMap<>();
        private final Set<Path> directories = new HashSet<>();
        private final Map<Integer, byte[]> contents = new HashMap<>();

        void apply(int index, FileOp op, Map<Effect, Integer> outcomes) {
            int link = outcomes.getOrDefault(new Effect(index, false, 2), 0);
            int unlink = outcomes.getOrDefault(new Effect(index, true, 2), 0);
            if (op instanceof Create create) {
                contents.put(create.file(), new byte[0]);
                link(create.path(), create.file(), link == 0);
            } else if (op instanceof Write write) {
                write(write, outcomes.getOrDefault(new Effect(index, false, TEARS), 0));
            } else if (op instanceof Mkdir mkdir && link == 0) {
                directories.add(mkdir.path());
            } else if (op instanceof Delete delete) {
                unlink(delete.path(), unlink == 0);
            } else if (op instanceof Move move) {
                Integer file = current.get(move.from());
                link(move.to(), file, link == 0);
                unlink(move.from(), unlink == 0);
            }
        }

        private void link(Path path, Integer file, boolean kept) {
            current.put(path, file);
            if (kept) {
                names.put(path, file);
            }
        }

        private void unlink(Path path, boolean kept) {
            current.remove(path);
            if (kept) {
                names.remove(path);
            }
        }

        private void write(Write write, int outcome) {
            byte[] old = contents.get(write.file());
            int begin = (int) write.position();
            int end = begin + write.bytes().length;
            byte[] grown = Arrays.copyOf(old, outcome == ABSENT ? old.length : Math.max(old.length, end));
            for (int at = begin; at < end; at++) {
                if (arrives(outcome, at, begin + write.bytes().length / 2)) {
                    grown[at] = write.bytes()[at - begin];
                }
            }
            contents.put(write.file(), grown);
        }

        /** A sector of 512 bytes or a page of 4 KiB is written whole or not at all, and in any order. */
        private boolean arrives(int outcome, int at, int middle) {
            return switch (outcome) {
                case 0 -> true;
                case ABSENT -> false;
                case 2 -> at / 512 <= middle / 512;
                case 3 -> at / 512 > middle / 512;
                case 4 -> at / 512 % 2 == 0;
                case 5 -> at / 512 % 2 == 1;
                case 6 -> at / 4096 % 2 == 0;
                default -> at / 4096 % 2 == 1;
            };
        }

        State state(int prefix) {
            Set<Path> reachable = new HashSet<>();
            directories.stream().filter(this::isReachable).forEach(reachable::add);
            Map<Path, byte[]> files = new HashMap<>();
            names.forEach((path, file) -> {
                if (path.startsWith(root) && isReachable(path.getParent())) {
                    files.put(path, contents.get(file));
                }
            });
            return new State(prefix, files, reachable);
        }

        private boolean isReachable(Path directory) {
            return directory.equals(root) || (directories.contains(directory) && isReachable(directory.getParent()));
        }
    }
}
