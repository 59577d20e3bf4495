package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Programs that use a journal in a process of their own, to be killed or failed, and say what was acknowledged. */
final class Child {

    static final JournalOptions OPTIONS = JournalOptions.DEFAULT.withSegmentBytes(256 * 1024);

    private Child() {}

    static TestJournal journal(Path directory) {
        TestJournal test = new TestJournal(directory);
        test.options = OPTIONS;
        test.fs = new NioFs();
        return test;
    }

    static List<String> command(Class<?> program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static void say(PrintStream out, long seq, String text) {
        out.println(seq + " " + text + " .");
        out.flush();
    }

    /** Appends as fast as it can until it is killed. Arguments: directory, a word for its records. */
    static final class Endless {

        public static void main(String[] args) throws IOException {
            Journal journal = journal(Path.of(args[0])).open();
            PrintStream out = new PrintStream(System.out, false, StandardCharsets.US_ASCII);
            for (int i = 0; ; i++) {
                String text = args[1] + "-" + i + "-" + "k".repeat(i % 500);
                journal.append(TestJournal.body(text)).thenAccept(seq -> say(out, seq, text));
                if (i % 200 == 199) {
                    journal.append(TestJournal.body(args[1] + "-last-" + i)).join();
                }
            }
        }
    }

    /** Appends one record after the other, trying each again until it is taken. Arguments: directory, how many. */
    static final class Persistent {

        public static void main(String[] args) throws Exception {
            TestJournal test = journal(Path.of(args[0]));
            PrintStream out = new PrintStream(System.out, false, StandardCharsets.US_ASCII);
            AtomicInteger refused = new AtomicInteger();
            try (Journal journal = test.open()) {
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Integer.parseInt(args[2]));
                for (int i = 0; i < Integer.parseInt(args[1]) && System.nanoTime() < end; ) {
                    String text = "p-" + i;
                    try {
                        say(out, journal.append(TestJournal.body(text)).join(), text);
                        i++;
                    } catch (CompletionException e) {
                        refused.incrementAndGet();
                        TestJournal.until(() -> journal.isWritable() || System.nanoTime() > end);
                    }
                }
            }
            out.println("abandoned " + test.abandoned.size() + " failed " + test.failures.size() + " recovered "
                    + test.outages.size() + " refused " + refused);
            out.flush();
        }
    }
}
