package io.entrepot.loadtest.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Servers that take turns under the same closed loop, round after round; the last of a round is the first once more. */
public record HotRace(Work work, String path, int connections, Duration duration, int rounds) {

    /** Rounds that do not count: the JIT, the caches and the governor settle in them. */
    public static final int DROPPED = 2;

    /** Too few rounds say nothing. @throws NotRunnable if it is so few */
    public static void requireRounds(int rounds) {
        if (rounds < DROPPED + 5) {
            throw new NotRunnable("--rounds " + rounds + " (expected: at least 7, of which the first two are dropped)");
        }
    }

    /** Turns after which a warm-up ends, also if the server has not done enough. */
    private static final int WARM_UP_TURNS = 200;

    /** What the server's CPU time is divided by, and how much of it warms a server up: a JIT needs that much. */
    public enum Work {
        REQUEST("us of CPU for a request", "requests/s", 1e6, 1_000_000) {
            @Override
            double done(Tally tally) {
                return tally.answers();
            }
        },
        GIGABYTE("s of CPU for a GB", "GB/s", 1, 300) {
            @Override
            double done(Tally tally) {
                return tally.bytes() / 1e9;
            }
        };

        private final String cpuUnit;
        private final String rateUnit;
        private final double scale;
        private final double warmUp;

        Work(String cpuUnit, String rateUnit, double scale, double warmUp) {
            this.cpuUnit = cpuUnit;
            this.rateUnit = rateUnit;
            this.scale = scale;
            this.warmUp = warmUp;
        }

        abstract double done(Tally tally);

        double cpu(double cpuSeconds, Tally tally) {
            return cpuSeconds * scale / done(tally);
        }

        double rate(Tally tally) {
            return done(tally) / tally.seconds();
        }

        public String cpuUnit() {
            return cpuUnit;
        }

        public String rateUnit() {
            return rateUnit;
        }

        public double warmUp() {
            return warmUp;
        }
    }

    /**
     * What one server used and did in the rounds that count, and how much it had done before the first round.
     *
     * @param path of its CPU, what the mirror's event loops used; 0 for any other server
     */
    public record Result(String name, Samples cpu, Samples path, Samples rate, double warmUp) {}

    /** One place in every round: who runs in it, and what was measured there. */
    private record Lane(
            String name, Contender contender, double warmUp, List<Double> cpu, List<Double> path, List<Double> rate) {
        Lane(String name, Contender contender, double warmUp) {
            this(name, contender, warmUp, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }

        Result result() {
            return new Result(
                    name,
                    Samples.dropping(DROPPED, cpu),
                    Samples.dropping(DROPPED, path),
                    Samples.dropping(DROPPED, rate),
                    warmUp);
        }
    }

    /** Runs it; the results stand in the order of the contenders, the repeat of the first one last. */
    public List<Result> run(List<Contender> contenders) {
        List<Lane> lanes = new ArrayList<>();
        for (Contender contender : contenders) {
            lanes.add(new Lane(contender.name(), contender, warmUp(contender)));
        }
        Lane first = lanes.get(0);
        lanes.add(new Lane(first.name() + " again", first.contender(), first.warmUp()));
        for (int round = 0; round < rounds; round++) {
            lanes.forEach(this::turn);
        }
        return lanes.stream().map(Lane::result).toList();
    }

    /** Loads a server until it has done enough, and returns how much it did. */
    private double warmUp(Contender contender) {
        double done = 0;
        for (int turn = 0; done < work.warmUp() && turn < WARM_UP_TURNS; turn++) {
            done += work.done(Load.closedLoop(contender.url(path), connections, duration));
        }
        return done;
    }

    private void turn(Lane lane) {
        double before = lane.contender().cpuSeconds();
        double pathBefore = lane.contender().pathSeconds();
        Tally tally = Load.closedLoop(lane.contender().url(path), connections, duration);
        double used = lane.contender().cpuSeconds() - before;
        double path = lane.contender().pathSeconds() - pathBefore;
        lane.cpu().add(work.cpu(used, tally));
        lane.path().add(work.cpu(path, tally));
        lane.rate().add(work.rate(tally));
    }
}
