package io.entrepot.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.entrepot.oci.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files that a policy names: rules of its directory, digests that nobody gets. */
class PolicyFilesTest {

    private static final Digest ONE = Digest.of(new byte[] {1});
    private static final Digest TWO = Digest.of(new byte[] {2});

    @TempDir
    Path dir;

    @Test
    void rulesOfTheDirectoryStandBehindThoseOfTheFileInTheOrderOfNames() throws Exception {
        write("20-b.yaml", "rules: [ { name: b, match: { tags: [b] }, allow: true } ]");
        write("10-a.yaml", "rules: [ { name: a, match: { tags: [a] }, deny: no } ]");
        write("30-empty.yaml", "# nothing yet\n");
        write("10-a.yaml.bak", "not read");
        write("README.md", "not read");

        assertThat(config("{ name: main, match: { tags: [m] }, allow: true }").rules())
                .extracting(PolicyRule::name, PolicyRule::where)
                .containsExactly(
                        tuple("main", "mirror.yaml:3"),
                        tuple("a", dir.resolve("10-a.yaml") + ":1"),
                        tuple("b", dir.resolve("20-b.yaml") + ":1"));
    }

    @Test
    void mistakesAreToldWithTheirFileAndLine() throws IOException {
        write("a.yaml", "rules:\n  - { name: x, dney: no }\n");
        write("b.yaml", "rules: [\n");
        write("c.yaml", "rule: []\n");
        write("d.yaml", "rules:\n  - { name: main, match: { tags: [d] }, deny: no }\n");

        assertThatThrownBy(() -> config("{ name: main, match: { tags: [m] }, allow: true }"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(dir.resolve("a.yaml") + ":2: rules[0].dney: unknown key (expected: ")
                .hasMessageContaining(dir.resolve("b.yaml") + ":2: not YAML: ")
                .hasMessageContaining(dir.resolve("c.yaml") + ":1: rule: unknown key (did you mean rules?)")
                .hasMessageContaining(dir.resolve("d.yaml")
                        + ":2: rules[0].name: main is the name of the rule in mirror.yaml:3 (expected: its own)");
    }

    @Test
    void aRuleOfTheFileThatDecidesEverythingHidesThoseOfTheDirectory() throws IOException {
        write("a.yaml", "rules: [ { name: x, match: { tags: [a] }, deny: no } ]");

        assertThatThrownBy(() -> config("{ name: main, allow: true }"))
                .hasMessageContaining(dir.resolve("a.yaml")
                        + ":1: rules[0].match: never reached, rule main (mirror.yaml:3) decides all of it");
    }

    @Test
    void aFileThatCannotBeReadIsAMistakeAndNoEmptyOne() throws IOException {
        Files.createDirectory(dir.resolve("a.yaml"));
        Files.write(dir.resolve("b.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe});
        Files.createSymbolicLink(dir.resolve("c.yaml"), dir.resolve("nowhere"));

        assertThatThrownBy(() -> config("{ name: main, match: { tags: [m] }, allow: true }"))
                .isInstanceOfSatisfying(
                        ConfigException.class, e -> assertThat(e.problems()).hasSize(3))
                .hasMessageContaining("a.yaml")
                .hasMessageContaining("b.yaml")
                .hasMessageContaining("c.yaml");
    }

    @Test
    void readsDigestsWithWhatPeopleSayOfThem() throws Exception {
        Path file = write("denied", "# CVE-2026-1\n\n  " + ONE + "  # both\r\n" + TWO + "#\n" + ONE + "\n");

        assertThat(DigestFile.read(file)).containsExactlyInAnyOrder(ONE, TWO);
        assertThat(DigestFile.read(write("empty", ""))).isEmpty();
    }

    @Test
    void saysWhichLinesAreNoDigestsAndNoMoreThanTwentyOfThem() throws IOException {
        Path file = write("denied", ONE + "\nsha256:short\n" + ONE + " " + TWO + "\n" + "SHA256:" + TWO.hex() + "\n");
        Path many = write("many", IntStream.range(0, 50).mapToObj(i -> "x" + i).collect(Collectors.joining("\n")));

        assertThatThrownBy(() -> DigestFile.read(file))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e -> assertThat(e.problems())
                                .extracting(ConfigProblem::line)
                                .containsExactly(2, 3, 4));
        assertThatThrownBy(() -> DigestFile.read(many))
                .isInstanceOfSatisfying(
                        ConfigException.class, e -> assertThat(e.problems()).hasSize(20));
    }

    /** A refusal with a slip in it would refuse nothing. */
    @Test
    void aConfigurationWithABrokenListOfDigestsIsRefused() throws IOException {
        Path file = write("denied", "nonsense\n");

        assertThatThrownBy(() -> ConfigLoader.parse("m", "policy: { deny-digests: [\"" + file + "\"] }", Map.of()))
                .hasMessageContaining(file + ":1: ");
    }

    @Test
    void aFileThatIsNotThereIsToldWhereItIsNamed() {
        assertThatThrownBy(() -> ConfigLoader.parse(
                        "m", "policy:\n  deny-digests:\n    - " + dir.resolve("denied") + "\n", Map.of()))
                .hasMessage(
                        "m:3: policy.deny-digests: " + dir.resolve("denied") + " cannot be read: it does not exist");
        assertThatThrownBy(() -> ConfigLoader.parse(
                        "m", "policy:\n  pins:\n    file: " + dir.resolve("pins.yaml") + "\n", Map.of()))
                .hasMessage("m:3: policy.pins.file: " + dir.resolve("pins.yaml")
                        + " does not exist (expected: the lock file,"
                        + " in the beginning an empty file, which entrepot pins update fills)");
    }

    @Test
    void anEmptyLockFilePinsNothing() throws Exception {
        Path file = write("pins.yaml", "");

        assertThat(ConfigLoader.parse("m", "policy: { pins: { file: \"" + file + "\" } }", Map.of())
                        .policy()
                        .pins()
                        .file())
                .contains(file);
    }

    /** As one is in which every line is a comment; without the section everything is allowed. */
    @Test
    void aSectionWithNothingInItAllowsNothing() throws Exception {
        assertThat(ConfigLoader.parse("m", "policy:\n  # default: deny\n", Map.of())
                        .policy()
                        .allowByDefault())
                .isFalse();
        assertThat(ConfigLoader.parse("m", "log: {}\n", Map.of()).policy().allowByDefault())
                .isTrue();
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(dir.resolve(name), text);
    }

    private PolicyConfig config(String rule) throws ConfigException {
        return ConfigLoader.parse(
                        "mirror.yaml", "policy:\n  directory: \"" + dir + "\"\n  rules: [ " + rule + " ]\n", Map.of())
                .policy();
    }
}
