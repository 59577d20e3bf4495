package io.entrepot.server.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.config.ConfigException;
import io.entrepot.config.PinFile;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockFileTest {

    private static final Repository ALPINE = new Repository(Registry.DOCKER_HUB, "library/alpine");
    private static final Repository APP = new Repository(Registry.parse("registry.corp:5000"), "team/app");
    private static final Digest ONE = Digest.of(new byte[] {1});
    private static final Digest TWO = Digest.of(new byte[] {2});

    @Test
    void readsPinsByRepositoryAndTag() throws ConfigException {
        PinBook book = parse("""
                # reviewed
                docker.io/library/alpine:
                  "3.20": { digest: %s, by: alice, why: CVE-2026-1 }
                  latest:
                    digest: %s
                registry.corp:5000/team/app:
                  null: { digest: %s }
                """.formatted(ONE, TWO, TWO));

        assertThat(book.find(ALPINE, new Tag("3.20"))).contains(new Pin(ONE, "alice", "CVE-2026-1"));
        assertThat(book.find(ALPINE, new Tag("latest"))).contains(new Pin(TWO, "", ""));
        assertThat(book.find(APP, new Tag("null"))).contains(new Pin(TWO, "", ""));
        assertThat(book.find(APP, new Tag("latest"))).isEmpty();
    }

    @Test
    void anEmptyFilePinsNothing() throws ConfigException {
        assertThat(parse("# nothing yet\n")).isEqualTo(PinBook.EMPTY);
    }

    @Test
    void saysEveryProblemWithItsLine() {
        assertThatThrownBy(() -> parse("""
                        docker.io/library/alpine:
                          "3.20": { digest: sha256:short }
                          "3.21": { by: alice }
                          "3.22": { digest: %s, digets: x }
                          "-": { digest: %s }
                          "3.20": { digest: %s }
                        alpine:
                          latest: { digest: %s }
                        docker.io/alpine:
                          latest: { digest: %s }
                        """.formatted(ONE, ONE, ONE, ONE, ONE)))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e -> assertThat(e.problems())
                                .extracting(problem -> problem.file() + ":" + problem.line())
                                .containsExactly(
                                        "pins.yaml:2",
                                        "pins.yaml:3",
                                        "pins.yaml:4",
                                        "pins.yaml:5",
                                        "pins.yaml:6",
                                        "pins.yaml:7",
                                        "pins.yaml:9"))
                .hasMessageContaining("pins.yaml:3: docker.io/library/alpine.3.21: digest is not given")
                .hasMessageContaining("unknown key")
                .hasMessageContaining("given twice, first in line 2")
                .hasMessageContaining("alpine (expected: a registry and a path, as in docker.io/library/alpine)")
                .hasMessageContaining("is docker.io/library/alpine, which stands here already");
    }

    @Test
    void saysThatThereIsNoFile(@TempDir Path dir) {
        assertThatThrownBy(() -> LockFile.read(dir.resolve("pins.yaml")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("pins.yaml: cannot be read");
    }

    @Test
    void writesTheSameTextForTheSamePinsSortedAndOneValueALine() {
        PinBook book = new PinBook(Map.of(
                APP, Map.of(new Tag("1"), new Pin(TWO, "", "")),
                ALPINE,
                        Map.of(
                                new Tag("latest"), new Pin(ONE, "bob", "say \"no\" # \\ \n"),
                                new Tag("3.20"), new Pin(TWO, "alice", ""))));

        assertThat(LockFile.text(book).lines().skip(1))
                .containsExactly(
                        "docker.io/library/alpine:",
                        "  \"3.20\":",
                        "    digest: " + TWO,
                        "    by: \"alice\"",
                        "  \"latest\":",
                        "    digest: " + ONE,
                        "    by: \"bob\"",
                        "    why: \"say \\\"no\\\" # \\\\ \\U0000000A\"",
                        "registry.corp:5000/team/app:",
                        "  \"1\":",
                        "    digest: " + TWO);
    }

    @Property(tries = 300)
    void readsWhatItWroteWhateverPeopleSay(@ForAll String by, @ForAll String why) throws ConfigException {
        String name = sound(by);
        PinBook book = new PinBook(Map.of(
                new Repository(Registry.parse("[::1]:5000"), "app"),
                Map.of(new Tag("1e3"), new Pin(ONE, name, sound(why)))));

        assertThat(parse(LockFile.text(book))).isEqualTo(book);
    }

    /** Text that is none, half a pair, cannot be written in UTF-8 either. */
    private static String sound(String text) {
        return new String(
                text.getBytes(java.nio.charset.StandardCharsets.UTF_8), java.nio.charset.StandardCharsets.UTF_8);
    }

    @Test
    void putsAFileInThePlaceOfAnotherAndLeavesNothingBeside(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("pins.yaml");
        PinBook book = new PinBook(Map.of(ALPINE, Map.of(new Tag("3.20"), new Pin(ONE, "alice", "because"))));
        LockFile.write(file, PinBook.EMPTY);
        LockFile.write(file, book);

        assertThat(LockFile.read(file)).isEqualTo(book);
        assertThat(dir.toFile().list()).containsExactly("pins.yaml");
    }

    @Test
    void writesThroughALink(@TempDir Path dir) throws IOException, ConfigException {
        Path real = Files.writeString(dir.resolve("real.yaml"), "");
        Path link = Files.createSymbolicLink(dir.resolve("pins.yaml"), real);
        LockFile.write(link, new PinBook(Map.of(ALPINE, Map.of(new Tag("1"), new Pin(ONE, "", "")))));

        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(LockFile.read(real).find(ALPINE, new Tag("1"))).isPresent();
    }

    private static PinBook parse(String text) throws ConfigException {
        return LockFile.book(PinFile.parse("pins.yaml", text));
    }
}
