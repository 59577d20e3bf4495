package io.entrepot.server.audit.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that appends as fast as it can, over and over; -Dentrepot.kills=N says how often. */
class KillTest {

    @TempDir
    Path temp;

    /** What the process said to be durable, by seq. */
    private final Map<Long, String> said = new TreeMap<>();

    @Test
    void losesNothingThatWasAcknowledged() throws Exception {
        killAndCheck(4);
    }

    @Test
    @Tag("long")
    void losesNothingThatWasAcknowledgedHoweverOften() throws Exception {
        killAndCheck(Integer.getInteger("entrepot.kills", 100));
    }

    private void killAndCheck(int kills) throws Exception {
        Random random = new Random(kills);
        for (int i = 0; i < kills; i++) {
            killAfter(1 + random.nextInt(3_000), i);
            check();
        }

        assertThat(said).hasSizeGreaterThan(kills * 100);
    }

    private void killAfter(int lines, int round) throws Exception {
        Process writer = new ProcessBuilder(
                        Child.command(Child.Endless.class, temp.toString(), Integer.toString(round)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.US_ASCII))) {
            String line = out.readLine();
            for (int i = 0; i < lines && line != null; i++) {
                note(line);
                line = out.readLine();
            }
            writer.toHandle().destroyForcibly();
            while (line != null) {
                note(line);
                line = out.readLine();
            }
        }
        assertThat(writer.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(writer.exitValue()).as("killed by signal 9").isEqualTo(137);
    }

    /** A line that was cut in the middle was not said. */
    private void note(String line) {
        String[] words = line.split(" ");
        if (words.length == 3 && words[2].equals(".")) {
            assertThat(said.put(Long.valueOf(words[0]), words[1])).isNull();
        }
    }

    /** First as another process sees it, then opened. */
    private void check() throws IOException {
        try (JournalReader reader = JournalReader.open(temp, 0)) {
            check(TestJournal.records(reader));
        }
        TestJournal test = Child.journal(temp);
        try (Journal journal = test.open();
                JournalReader reader = journal.read(0)) {
            check(TestJournal.records(reader));
        }
        assertThat(test.gaps).isEmpty();
    }

    private void check(List<JournalRecord> records) {
        assertThat(records).hasSizeGreaterThanOrEqualTo(said.size());
        for (int i = 0; i < records.size(); i++) {
            assertThat(records.get(i).seq()).isEqualTo(i);
        }
        said.forEach((seq, text) ->
                assertThat(TestJournal.text(records.get(seq.intValue()))).isEqualTo(TestJournal.record(seq, text)));
    }
}
