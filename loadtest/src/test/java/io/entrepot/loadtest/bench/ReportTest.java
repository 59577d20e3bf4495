package io.entrepot.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.entrepot.loadtest.FakeRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    private static final HotRace RACE = new HotRace(HotRace.Work.REQUEST, "/x", 64, Duration.ofSeconds(2), 9);

    private final Report report = new Report(new Machine("a processor", 2, "4 GB", "Linux", "a JVM"), "a setting");

    @Test
    void namesTheMachine() {
        assertThat(report.text()).contains("a processor, 2 cores, 4 GB").contains("a setting");
    }

    @Test
    void meetsAGoalThatTheRatioKeeps() {
        report.add(
                "hot", RACE, List.of(hot("nginx", 10), hot("entrepot", 19), hot("nginx again", 10)), "entrepot", 2.0);

        assertThat(report.met()).isTrue();
        assertThat(report.text()).containsPattern("met +hot: CPU over nginx +1\\.90 x +\\(at most 2\\.00\\)");
    }

    @Test
    void missesAGoalThatTheRatioBreaks() {
        report.add(
                "hot", RACE, List.of(hot("nginx", 10), hot("entrepot", 21), hot("nginx again", 10)), "entrepot", 2.0);

        assertThat(report.met()).isFalse();
        assertThat(report.text()).containsPattern("MISSED +hot: CPU over nginx +2\\.10 x");
    }

    @Test
    void judgesByTheMeanOfBothTurnsIfNginxDiffersFromItself() {
        report.add(
                "hot",
                RACE,
                List.of(hot("nginx", 10), hot("entrepot", 20.5), hot("nginx again", 10.8)),
                "entrepot",
                2.0);

        assertThat(report.text())
                .contains("nginx differs from itself by 8 %: entrepot is judged by the mean of both, 10.4")
                .containsPattern("met +hot: CPU over nginx +1\\.97 x")
                .doesNotContain("WARNING");
    }

    @Test
    void judgesByTheFirstTurnIfNginxIsLikeItself() {
        report.add(
                "hot",
                RACE,
                List.of(hot("nginx", 10), hot("entrepot", 20.5), hot("nginx again", 10.4)),
                "entrepot",
                2.0);

        assertThat(report.text())
                .doesNotContain("judged by the mean")
                .containsPattern("MISSED +hot: CPU over nginx +2\\.05 x");
    }

    @Test
    void warnsIfNginxDiffersFromItself() {
        report.add("hot", RACE, List.of(hot("nginx", 10), hot("entrepot", 9), hot("nginx again", 12)), "entrepot", 2.0);

        assertThat(report.text()).contains("WARNING: hot: nginx differs from itself by 20 %");
    }

    @Test
    void countsOneUpstreamByteTooManyAsAMiss() {
        try (FakeRegistry upstream = FakeRegistry.start()) {
            ColdRace race = new ColdRace(upstream, 100, 1_000, 9);
            report.add("cold", race, List.of(cold("direct", 20, 100), cold("entrepot", 24, 1.001)), "entrepot", 5.0);
        }

        assertThat(report.text())
                .containsPattern("met +cold: first byte after direct +4\\.00 ms")
                .containsPattern("MISSED +cold: upstream bytes");
    }

    @Test
    void writesJson(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("bench.json");
        report.add(
                "hot", RACE, List.of(hot("nginx", 10), hot("entrepot", 19), hot("nginx again", 10)), "entrepot", 2.0);
        report.write(file);

        JsonNode json = new ObjectMapper().readTree(file.toFile());

        assertThat(json.at("/machine/processor").asText()).isEqualTo("a processor");
        assertThat(json.at("/races/0/results/1/cpuRatio").asDouble()).isEqualTo(1.9);
        assertThat(json.at("/goals/0/met").asBoolean()).isTrue();
        assertThat(json.at("/steady").asBoolean()).isTrue();
    }

    @Test
    void warnsIfTheMirrorWasNotWarm() {
        HotRace.Result cold =
                new HotRace.Result("entrepot", Samples.of(19), Samples.of(15), new Samples(List.of(50.0)), 1_000);
        report.add("hot", RACE, List.of(hot("nginx", 10), cold, hot("nginx again", 10)), "entrepot", 2.0);

        assertThat(report.text()).contains("WARNING: entrepot had done only 1000 before the first round");
    }

    @Test
    void judgesByThePathWhereThatIsTheGoal() {
        report.addPath(
                "on record",
                RACE,
                List.of(hot("unrecorded", 20, 16), hot("entrepot", 40, 17.6), hot("unrecorded again", 20, 16)),
                "entrepot",
                1.15);

        assertThat(report.text())
                .containsPattern("entrepot +40\\.0 .* 2\\.00 ")
                .containsPattern("on its loops +17\\.6 .* 1\\.10")
                .containsPattern("met +on record: CPU of the event loops over unrecorded +1\\.10 x");
    }

    private static HotRace.Result hot(String name, double cpu) {
        return hot(name, cpu, 0);
    }

    private static HotRace.Result hot(String name, double cpu, double path) {
        return new HotRace.Result(name, Samples.of(cpu), Samples.of(path), new Samples(List.of(1_000.0)), 1e6);
    }

    private static ColdRace.Result cold(String name, double firstByte, double ratio) {
        return new ColdRace.Result(
                name,
                new Samples(List.of(firstByte)),
                new Samples(List.of(100.0)),
                new Samples(List.of(ratio)),
                new Samples(List.of(1.0)));
    }
}
