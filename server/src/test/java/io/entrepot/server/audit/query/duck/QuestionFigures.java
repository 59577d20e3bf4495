package io.entrepot.server.audit.query.duck;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.entrepot.server.audit.QueryMain;
import io.entrepot.server.audit.query.Filter;
import io.entrepot.server.audit.query.Fleet;
import io.entrepot.server.audit.query.FleetLog;
import io.entrepot.server.audit.query.FleetLog.Digests;
import io.entrepot.server.audit.query.Format;
import io.entrepot.server.audit.query.QueryProcess;
import io.entrepot.server.audit.query.Question;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * By hand ({@code .ci/audit-figures}): what questions cost on a large log, asked first of a process that has just started, then
 * again, and when it has answered them a few times. Arguments: a directory, which is made or used again; records; days; how often
 * each question is asked so; words, one of which a question's name must have.
 */
public final class QuestionFigures {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FROM = "2026-08-30T00:00:00Z";

    private static final long TAIL = 5_000;

    /** So often a process answers a question before it is taken to know it. */
    private static final int KNOWN = 5;

    /** Clock ticks of {@code /proc} in milliseconds. */
    private static final long TICK = 10;

    private final Path log;
    private final Path empty;
    private final QueryProcess process;

    private QuestionFigures(Path directory) throws IOException {
        this.log = directory.resolve("audit");
        this.empty = directory.resolve("none");
        Files.createDirectories(empty.resolve("journal"));
        Path temporary = Files.createDirectories(directory.resolve("tmp"));
        Path duck = Path.of(System.getProperty("duckdb", "server/target/lib/duckdb"));
        this.process = new QueryProcess(
                QueryProcess.java(QueryMain.class.getName(), duck, temporary, 512), Duration.ofHours(3));
    }

    /** What one question took. */
    private record Took(long wallMs, long cpuMs, long residentKiB) {}

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        long records = args.length > 1 ? Long.parseLong(args[1]) : 10_000_000;
        long days = args.length > 2 ? Long.parseLong(args[2]) : 90;
        int runs = args.length > 3 ? Integer.parseInt(args[3]) : 5;
        Path known = directory.resolve("digests.json");
        if (!Files.exists(known)) {
            Files.createDirectories(directory);
            Digests made = FleetLog.write(directory.resolve("audit"), 7, new Fleet.Size(records, 0, days, 0, 500, 300))
                    .digests();
            Files.write(known, JSON.writeValueAsBytes(JSON.valueToTree(made)));
        }
        QuestionFigures figures = new QuestionFigures(directory);
        figures.derive(days);
        figures.ask(
                questions(figures.log, JSON.readValue(known.toFile(), Digests.class), days),
                runs,
                args.length > 4 ? List.of(args).subList(4, args.length) : List.of(""));
    }

    /** Derives all, if nothing is derived or {@code -Dderive} says so; a few records come after that. */
    private void derive(long days) throws Exception {
        Path derived = log.resolve("parquet/_derived");
        if (!Files.exists(derived) || Boolean.getBoolean("derive")) {
            Took took = took(Question.derive(log), new ObjectNode[1]);
            long end = Long.parseLong(Files.readString(derived).strip());
            System.out.printf("derived below %d: %s%n", end, took);
            FleetLog.write(log, 8, new Fleet.Size(TAIL, end, 1, days, 500, 60));
        }
        long records = Long.parseLong(Files.readString(derived).strip());
        for (Map.Entry<String, Long> part : bytes().entrySet()) {
            System.out.printf("%8.2f bytes a record: %s%n", (double) part.getValue() / records, part.getKey());
        }
    }

    /** By directory, and by what files' names end with. */
    private Map<String, Long> bytes() throws IOException {
        try (Stream<Path> files = Files.walk(log)) {
            return files.filter(Files::isRegularFile)
                    .collect(Collectors.groupingBy(
                            file -> log.relativize(file).getName(0) + " *"
                                    + file.toString().replaceAll(".*(\\.[a-z]+|/.*)$", "$1"),
                            TreeMap::new,
                            Collectors.summingLong(file -> file.toFile().length())));
        }
    }

    private static Map<String, Question> questions(Path log, Digests digests, long days) {
        Map<String, Question> all = new LinkedHashMap<>();
        all.put("point seq", query(log, Map.of(Filter.SEQ, "4000000")));
        all.put("point digest popular", query(log, Map.of(Filter.DIGEST, digests.popular())));
        all.put("point digest steady", query(log, Map.of(Filter.DIGEST, digests.steady())));
        all.put("point digest rare", query(log, Map.of(Filter.DIGEST, digests.rare())));
        all.put("point digest nowhere", query(log, Map.of(Filter.DIGEST, "sha256:" + "0".repeat(64))));
        all.put("point layer popular", query(log, Map.of(Filter.LAYER, digests.layer())));
        all.put("point layer rare", query(log, Map.of(Filter.LAYER, digests.rareLayer())));
        all.put(
                "point client hour",
                query(
                        log,
                        Map.of(
                                Filter.CLIENT,
                                "10.20.0.7",
                                Filter.FROM,
                                "2026-09-20T10:00:00Z",
                                Filter.TO,
                                "2026-09-20T11:00:00Z")));
        all.put("point client refused", query(log, Map.of(Filter.CLIENT, "10.20.1.240", Filter.VERDICT, "deny")));
        all.put("point image tag", query(log, Map.of(Filter.IMAGE, "docker.io/library/app120:1.1")));
        all.put("point type rare", query(log, Map.of(Filter.TYPE, "key.rotated")));
        all.put("point holders popular", report(log, "holders", Map.of(Filter.DIGEST, digests.popular())));
        all.put("point holders steady", report(log, "holders", Map.of(Filter.DIGEST, digests.steady())));
        all.put("point holders rare", report(log, "holders", Map.of(Filter.DIGEST, digests.rare())));
        all.put("point holders layer", report(log, "holders", Map.of(Filter.LAYER, digests.rareLayer())));
        all.put("point pulls popular", report(log, "pulls", Map.of(Filter.DIGEST, digests.popular())));
        all.put("point pulls steady", report(log, "pulls", Map.of(Filter.DIGEST, digests.steady())));
        all.put("point pulls rare", report(log, "pulls", Map.of(Filter.DIGEST, digests.rare())));
        Map<Filter, String> whole = Map.of(Filter.FROM, FROM);
        for (String name : Report.NAMES) {
            boolean late = name.equals("first-time") || name.equals("unused");
            String from = "2026-09-30T00:00:00Z".compareTo(FROM) > 0 && late && days > 40 ? "2026-09-30T00:00:00Z" : "";
            all.put("90 days " + name, report(log, name, from.isEmpty() ? whole : Map.of(Filter.FROM, from)));
        }
        all.put("90 days usage node", report(log, "usage", whole).with(Map.of("by", "node"), Map.of()));
        return all;
    }

    private static Question query(Path log, Map<Filter, String> filters) {
        return Question.query(log, filters, 100, Format.JSON);
    }

    private static Question report(Path log, String name, Map<Filter, String> filters) {
        return Question.report(log, name, filters, Format.JSON).page(1000, -1, true);
    }

    /** What a question took of a process that it was the first for, over the start of that, then again, and when it knew it. */
    private static final class Times {
        final List<Took> first = new ArrayList<>();
        final List<Took> second = new ArrayList<>();
        final List<Took> last = new ArrayList<>();
        ObjectNode answer = JSON.createObjectNode();
    }

    /** Each question in turn, as often as is asked for. */
    private void ask(Map<String, Question> questions, int runs, List<String> words) throws Exception {
        Question nothing = query(empty, Map.of(Filter.SEQ, "0"));
        List<Took> start = new ArrayList<>();
        Map<String, Times> times = new LinkedHashMap<>();
        for (int run = 0; run < runs; run++) {
            for (Map.Entry<String, Question> each : questions.entrySet()) {
                if (words.stream().anyMatch(each.getKey()::contains)) {
                    Times of = times.computeIfAbsent(each.getKey(), name -> new Times());
                    ObjectNode[] answer = new ObjectNode[1];
                    process.close();
                    start.add(took(nothing, answer));
                    process.close();
                    of.first.add(took(each.getValue(), answer));
                    of.second.add(took(each.getValue(), answer));
                    for (int more = 0; more < KNOWN; more++) {
                        took(each.getValue(), answer);
                    }
                    of.last.add(took(each.getValue(), answer));
                    of.answer = answer[0];
                }
            }
        }
        if (!start.isEmpty()) {
            print(median(start), times);
        }
    }

    private static void print(Took start, Map<String, Times> times) throws Exception {
        System.out.printf("the start, with an empty log: %d ms, %d ms of CPU%n", start.wallMs(), start.cpuMs());
        System.out.println("                       first, over the start      then again         at last");
        System.out.println(
                "question                     wall ms  CPU ms    wall ms CPU ms   wall ms CPU ms   MiB   rows  answer");
        for (Map.Entry<String, Times> each : times.entrySet()) {
            Took first = median(each.getValue().first);
            Took second = median(each.getValue().second);
            Took last = median(each.getValue().last);
            ObjectNode answer = each.getValue().answer;
            System.out.printf(
                    "%-28s %7d %7d    %7d %6d   %7d %6d %5d %6d  %s%n",
                    each.getKey(),
                    first.wallMs() - start.wallMs(),
                    first.cpuMs() - start.cpuMs(),
                    second.wallMs(),
                    second.cpuMs(),
                    last.wallMs(),
                    last.cpuMs(),
                    Math.max(first.residentKiB(), last.residentKiB()) >> 10,
                    answer.path("rows").size(),
                    hash(answer));
        }
    }

    /** Of what is the same whenever it is asked. */
    private static String hash(ObjectNode answer) throws Exception {
        ObjectNode same = answer.deepCopy();
        if (same.get("parameters") instanceof ObjectNode parameters) {
            parameters.remove("made");
        }
        byte[] hash =
                MessageDigest.getInstance("SHA-256").digest(same.toString().getBytes(UTF_8));
        return HexFormat.of().formatHex(hash, 0, 6);
    }

    private static Took median(List<Took> of) {
        return new Took(
                of.stream()
                        .mapToLong(Took::wallMs)
                        .sorted()
                        .skip(of.size() / 2)
                        .findFirst()
                        .orElse(0),
                of.stream()
                        .mapToLong(Took::cpuMs)
                        .sorted()
                        .skip(of.size() / 2)
                        .findFirst()
                        .orElse(0),
                of.stream().mapToLong(Took::residentKiB).max().orElse(0));
    }

    private Took took(Question question, ObjectNode[] answer) throws Exception {
        AtomicLong most = new AtomicLong();
        Thread watch = new Thread(() -> watch(most), "watch");
        watch.setDaemon(true);
        long cpu = childrenTicks();
        long started = System.nanoTime();
        watch.start();
        byte[] bytes = process.ask(question);
        long wall = System.nanoTime() - started;
        watch.interrupt();
        watch.join();
        answer[0] = (ObjectNode) JSON.readTree(bytes);
        return new Took(wall / 1_000_000, (childrenTicks() - cpu) * TICK, most.get());
    }

    /** What children took: those that ended, of which the last two of the four times in {@code stat} are, and those that live. */
    private static long childrenTicks() throws IOException {
        long ticks = ticks("self", 13);
        for (ProcessHandle child : ProcessHandle.current().children().toList()) {
            ticks += ticks(Long.toString(child.pid()), 11);
        }
        return ticks;
    }

    private static long ticks(String process, int word) throws IOException {
        String stat = Files.readString(Path.of("/proc", process, "stat"));
        String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(words[word]) + Long.parseLong(words[word + 1]);
    }

    private static void watch(AtomicLong most) {
        try {
            while (true) {
                Thread.sleep(10);
                ProcessHandle.current().children().forEach(child -> {
                    try (Stream<String> lines = Files.lines(Path.of("/proc/" + child.pid() + "/status"))) {
                        lines.filter(line -> line.startsWith("VmHWM"))
                                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                                .forEach(now -> most.accumulateAndGet(now, Math::max));
                    } catch (IOException | UncheckedIOException e) {
                        // It has just ended.
                        most.get();
                    }
                });
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
