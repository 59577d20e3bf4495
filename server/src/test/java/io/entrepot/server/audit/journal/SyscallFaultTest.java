package io.entrepot.server.audit.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** System calls that fail under a real process, by strace; what it acknowledged is there. */
@Tag("long")
class SyscallFaultTest {

    private static final Path STRACE = Path.of("/usr/bin/strace");

    @TempDir
    Path temp;

    private final Map<Long, String> said = new TreeMap<>();
    private String summary = "";

    @BeforeEach
    void needsStrace() {
        if (!Files.isExecutable(STRACE)) {
            assertThat(System.getenv("CI")).as("strace is missing").isNotEqualTo("true");
            assumeTrue(false, "strace is missing");
        }
    }

    @Test
    void survivesOneForceThatFails() throws Exception {
        run(200, 60, "fdatasync:error=EIO:when=5");

        assertThat(said).hasSize(200);
        assertThat(summary).isEqualTo("abandoned 1 failed 0 recovered 0 refused 0");
    }

    @Test
    void refusesWhileForcesFailAndIsBackAfterwards() throws Exception {
        run(200, 60, "fdatasync:error=EIO:when=5..9");

        assertThat(said).hasSize(200);
        assertThat(summary).startsWith("abandoned 2 failed 1 recovered 1 refused 1");
    }

    @Test
    void acknowledgesNothingWhileForcesFailForGood() throws Exception {
        run(200, 3, "fdatasync:error=EIO:when=5+");

        assertThat(said).hasSize(4);
        assertThat(summary).startsWith("abandoned 2 failed 1 recovered 0 ");
    }

    @Test
    void survivesWritesThatFindNoRoom() throws Exception {
        run(200, 60, "pwrite64:error=ENOSPC:when=15..18");

        assertThat(said).hasSize(200);
    }

    @Test
    void losesNothingWhenItIsKilledInAForce() throws Exception {
        for (int force = 1; force < 12; force++) {
            int before = said.size();
            run(200, 60, "fdatasync:signal=SIGKILL:when=" + force);

            assertThat(said).hasSize(before + force - 1);
        }
    }

    /** Runs a process that appends one by one; the n-th call of its writer's thread does not do what it should. */
    private void run(int records, int seconds, String injection) throws Exception {
        Path trace = temp.resolve("trace");
        Path out = temp.resolve("out");
        Path journal = temp.resolve("journal");
        List<String> command = new ArrayList<>(List.of(STRACE.toString(), "-f", "-qq", "-o", trace.toString()));
        command.addAll(List.of("-e", "trace=fdatasync,pwrite64", "-e", "inject=" + injection));
        command.addAll(Child.command(
                Child.Persistent.class, journal.toString(), Integer.toString(records), Integer.toString(seconds)));
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
        if (injection.contains("SIGKILL")) {
            assertThat(process.exitValue()).as("killed by signal 9").isEqualTo(137);
        } else {
            assertThat(Files.readString(trace, StandardCharsets.ISO_8859_1)).contains("(INJECTED)");
        }
        for (String line : Files.readAllLines(out, StandardCharsets.US_ASCII)) {
            note(line);
        }
        check(journal);
    }

    private void note(String line) {
        String[] words = line.split(" ");
        if (words[0].equals("abandoned")) {
            summary = line;
        } else {
            assertThat(said.put(Long.valueOf(words[0]), words[1])).isNull();
        }
    }

    private void check(Path directory) throws Exception {
        TestJournal test = Child.journal(directory);
        try (Journal journal = test.open();
                JournalReader reader = journal.read(0)) {
            List<JournalRecord> records = TestJournal.records(reader);
            said.forEach((seq, text) ->
                    assertThat(TestJournal.text(records.get(seq.intValue()))).isEqualTo(TestJournal.record(seq, text)));
        }
        assertThat(test.gaps).isEmpty();
    }
}
