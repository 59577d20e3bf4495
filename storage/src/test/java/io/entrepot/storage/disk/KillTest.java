package io.entrepot.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.storage.BlobStore.Held;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that writes to a store, over and over; -Dentrepot.kills=N says how often. */
class KillTest {

    private static final int KILLS = Integer.getInteger("entrepot.kills", 10);
    private static final Repository ALPINE = new Repository(Registry.DOCKER_HUB, "library/alpine");

    @TempDir
    Path root;

    private final Set<Digest> blobs = new HashSet<>();
    private final Set<Digest> links = new HashSet<>();
    private final Map<Tag, Digest> tags = new HashMap<>();

    @Test
    void losesNothingThatWasAcknowledged() throws Exception {
        Random random = new Random(KILLS);
        for (int i = 0; i < KILLS; i++) {
            killAfter(1 + random.nextInt(200), i);
            check();
        }

        assertThat(blobs).hasSizeGreaterThan(KILLS / 2);
    }

    private void killAfter(int lines, int round) throws Exception {
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        root.toString(),
                        Integer.toString(round))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.US_ASCII))) {
            String line = said.readLine();
            for (int i = 0; i < lines && line != null; i++) {
                note(line);
                line = said.readLine();
            }
            writer.toHandle().destroyForcibly();
            while (line != null) {
                note(line);
                line = said.readLine();
            }
        }
        assertThat(writer.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(writer.exitValue()).as("killed by signal 9").isEqualTo(137);
    }

    /** A line that was cut in the middle was not said. */
    private void note(String line) {
        String[] words = line.split(" ");
        if (words[words.length - 1].equals(".")) {
            switch (words[0]) {
                case "blob" -> blobs.add(Digest.parse(words[1]));
                case "link" -> links.add(Digest.parse(words[1]));
                default -> tags.put(new Tag(words[1]), Digest.parse(words[2]));
            }
        }
    }

    private void check() throws IOException {
        TestStore test = new TestStore(root);
        try (DiskStore store = test.open()) {
            store.caretaker().sweepNow();
            for (Held held : store.blobs().list().toList()) {
                byte[] bytes = Content.get(store.blobs(), held.digest()).orElseThrow();
                assertThat(held.digest().matches(bytes)).isTrue();
            }
            assertThat(store.blobs().list().map(Held::digest).toList()).containsAll(blobs);
            for (Digest link : links) {
                assertThat(store.links().find(ALPINE, link)).isPresent();
            }
            for (Map.Entry<Tag, Digest> tag : tags.entrySet()) {
                assertThat(store.tags().find(ALPINE, tag.getKey()).orElseThrow().history())
                        .anyMatch(seen -> seen.manifest().digest().equals(tag.getValue()));
            }
            assertThat(root.resolve("tmp")).isEmptyDirectory();
        }
        assertThat(test.incidents).isEmpty();
    }

    /** Writes until it is killed, and says what the store acknowledged. */
    static final class Writer {

        public static void main(String[] args) throws IOException {
            int round = Integer.parseInt(args[1]);
            DiskStore store = DiskStore.open(Path.of(args[0]), DiskStore.Options.of(1L << 30), incident -> {});
            for (int i = 0; ; i++) {
                byte[] bytes = Content.random(round * 100_000 + i, 10 + i * 97 % 20_000);
                Digest digest = Content.put(store.blobs(), bytes);
                System.out.println("blob " + digest + " .");
                store.links().link(ALPINE, Content.manifest(bytes), List.of());
                System.out.println("link " + digest + " .");
                store.tags().saw(ALPINE, new Tag("t" + i % 7), Content.manifest(bytes), Instant.now());
                System.out.println("tag t" + i % 7 + " " + digest + " .");
            }
        }
    }
}
