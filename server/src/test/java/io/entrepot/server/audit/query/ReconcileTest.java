package io.entrepot.server.audit.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class ReconcileTest {

    private static final String INVENTORY = """
            {"rows":[
             {"client":"10.0.0.1","node":"w1","name":"docker.io/library/web","tag":"1","digest":"sha256:old","image":"sha256:old-amd","outcome":"wholly","last":"2026-11-01T00:00:00Z"},
             {"client":"10.0.0.2","node":"w2","name":"docker.io/library/web","tag":"1","digest":"sha256:new","image":"sha256:new-amd","outcome":"wholly","last":"2026-11-02T00:00:00Z"},
             {"client":"10.0.0.3","name":"docker.io/library/web","tag":"1","digest":"sha256:new","outcome":"checked","last":"2026-11-03T00:00:00Z"},
             {"client":"10.0.0.2","node":"w2","name":"ghcr.io/acme/app","tag":"2","digest":"sha256:app","image":"sha256:app-amd","outcome":"wholly","last":"2026-11-02T00:00:00Z"}
            ]}
            """;

    @Test
    void findsWhatIsWrongWithEachContainer() throws IOException {
        String pods = "{\"kind\":\"List\",\"items\":["
                + node("one", "10.0.0.1") + "," + node("two", "10.0.0.2") + ","
                + pod("stale", "one", "web:1", "docker-pullable://web@sha256:old", "Always") + ","
                + pod("good", "two", "docker.io/library/web:1", "docker.io/library/web@sha256:new-amd", "Always") + ","
                + pod("elsewhere", "one", "ghcr.io/acme/app:2", "ghcr.io/acme/app@sha256:app", "IfNotPresent") + ","
                + pod("moving", "two", "web:1", "docker.io/library/web@sha256:new", "IfNotPresent") + ","
                + pod("alien", "two", "evil.example/x", "evil.example/x@sha256:alien", "Never") + ","
                + pod("local", "two", "ghcr.io/acme/app:2", "sha256:config", "Always") + "]}";

        Answer answer = Reconcile.of(pods.getBytes(UTF_8), INVENTORY.getBytes(UTF_8), ReconcileTest::judged);

        assertThat(answer.rows())
                .extracting(row -> row.get(2) + ": " + row.get(0))
                .containsExactly(
                        "stale: differs",
                        "elsewhere: not to this node",
                        "moving: moving tag",
                        "alien: never passed",
                        "alien: moving tag",
                        "alien: would be refused",
                        "local: no digest");
    }

    @Test
    void knowsANodeByItsNameToo() throws IOException {
        String pods = "{\"items\":[" + pod("good", "w2", "web:1", "web@sha256:new", "Always") + "]}";

        assertThat(Reconcile.of(pods.getBytes(UTF_8), INVENTORY.getBytes(UTF_8), ReconcileTest::judged)
                        .rows())
                .isEmpty();
    }

    @Test
    void refusesToSayAnythingOfHalfAnInventory() {
        byte[] cut = "{\"parameters\":{\"rows\":\"the first 1, of more\"},\"rows\":[]}".getBytes(UTF_8);

        assertThatThrownBy(() -> Reconcile.of("{\"items\":[]}".getBytes(UTF_8), cut, ReconcileTest::judged))
                .hasMessageContaining("more on record");
    }

    @Test
    void suggestsRulesThatCanBeReadAgainWhateverNamesHoldAndTheLastDigests() throws IOException {
        String asked = """
                {"rows":[
                 {"registry":"docker.io","repository":"library/web","tag":"1","digest":"sha256:a","outcome":"wholly","last":"2026-11-01T00:00:00Z"},
                 {"registry":"docker.io","repository":"library/web","tag":"1","digest":"sha256:b","outcome":"checked","last":"2026-11-02T00:00:00Z"},
                 {"registry":"ghcr.io","repository":"x\\"\\n- y: &a *b","outcome":"partly","last":"2026-11-02T00:00:00Z"},
                 {"registry":"ghcr.io","repository":"refused","outcome":"refused","last":"2026-11-02T00:00:00Z"}
                ]}
                """;
        Suggestion suggestion = Suggestion.of(asked.getBytes(UTF_8));

        assertThat(suggestion.pins()).isEqualTo(Map.of("docker.io/library/web:1", "sha256:b"));
        Object yaml = new Load(LoadSettings.builder().build()).loadFromString(suggestion.policy());
        assertThat(yaml)
                .isEqualTo(Map.of(
                        "policy",
                        Map.of(
                                "default",
                                "deny",
                                "rules",
                                List.of(
                                        rule("pulled-from-docker-io", "docker.io/library/web"),
                                        rule("pulled-from-ghcr-io", "ghcr.io/x\"\n- y: &a *b")))));
    }

    @Test
    void suggestsNothingThatOnlyAnExemptionLetBy() throws IOException {
        String asked = """
                {"rows":[
                 {"registry":"ghcr.io","repository":"acme/broken","tag":"1","digest":"sha256:a","outcome":"wholly","exemption":"INC-7","last":"2026-11-01T00:00:00Z"},
                 {"registry":"ghcr.io","repository":"acme/app","tag":"1","digest":"sha256:b","outcome":"wholly","exemption":"INC-8","last":"2026-11-02T00:00:00Z"},
                 {"registry":"ghcr.io","repository":"acme/app","tag":"2","digest":"sha256:c","outcome":"wholly","last":"2026-11-02T00:00:00Z"}
                ]}
                """;
        Suggestion suggestion = Suggestion.of(asked.getBytes(UTF_8));

        assertThat(suggestion.policy())
                .contains("# left out, since only an exemption let it by: \"ghcr.io/acme/broken\"\n")
                .contains("- \"ghcr.io/acme/app\"")
                .doesNotContain("- \"ghcr.io/acme/broken\"", "let it by: \"ghcr.io/acme/app\"");
        assertThat(suggestion.pins()).isEqualTo(Map.of("ghcr.io/acme/app:2", "sha256:c"));
    }

    @Test
    void givesNoTwoRulesOneName() throws IOException {
        String asked = """
                {"rows":[
                 {"registry":"a-b.example","repository":"x","outcome":"wholly","last":"2026-11-01T00:00:00Z"},
                 {"registry":"a.b.example","repository":"x","outcome":"wholly","last":"2026-11-01T00:00:00Z"},
                 {"registry":"a-b-example:5000","repository":"x","outcome":"wholly","last":"2026-11-01T00:00:00Z"}
                ]}
                """;

        assertThat(Suggestion.of(asked.getBytes(UTF_8)).policy())
                .contains("name: pulled-from-a-b-example\n", "name: pulled-from-a-b-example-2\n")
                .contains("name: pulled-from-a-b-example-5000\n");
    }

    @Test
    void tellsRulesApartThatAskOtherThingsOfContent() throws IOException {
        byte[] asked = """
                {"rows":[{"registry":"docker.io","repository":"library/web","tag":"1","pulls":3,"last":"2026-11-01T00:00:00Z"}]}
                """.getBytes(UTF_8);
        Judged young = question -> new Judged.Verdict("depends", "hub", "min-age (rule hub)", List.of("72h"));
        Judged old = question -> new Judged.Verdict("depends", "hub", "min-age (rule hub)", List.of("1000h"));

        assertThat(PolicyDiff.of(asked, young, old).rows()).hasSize(1);
        assertThat(PolicyDiff.of(asked, young, young).rows()).isEmpty();
    }

    @Test
    void saysWhichPullsOtherRulesDecideOtherwise() throws IOException {
        String asked = """
                {"rows":[
                 {"registry":"docker.io","repository":"library/web","tag":"1","digest":"sha256:a","namespace":"prod","pulls":3,"last":"2026-11-01T00:00:00Z"},
                 {"registry":"evil.example","repository":"x","tag":"1","pulls":2,"last":"2026-11-01T00:00:00Z"}
                ]}
                """;
        Answer answer = PolicyDiff.of(
                asked.getBytes(UTF_8), question -> new Judged.Verdict("allow", "all", ""), ReconcileTest::judged);

        assertThat(answer.rows()).hasSize(2);
        assertThat(answer.rows())
                .filteredOn(row -> "deny".equals(row.get(5)))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.get(0)).isEqualTo("evil.example/x:1");
                    assertThat(row.get(9)).isEqualTo(2L);
                });
        assertThat(answer.figures().get(0).value()).isEqualTo(2L);
    }

    private static Map<String, Object> rule(String name, String repository) {
        return Map.of("name", name, "match", Map.of("repositories", List.of(repository)), "allow", true);
    }

    private static Judged.Verdict judged(Judged.Asked asked) {
        return asked.registry().equals("evil.example")
                ? new Judged.Verdict("deny", "known", "not known")
                : new Judged.Verdict("allow", "known", "");
    }

    private static String node(String name, String address) {
        return "{\"kind\":\"Node\",\"metadata\":{\"name\":\"" + name
                + "\"},\"status\":{\"addresses\":[{\"type\":\"InternalIP\",\"address\":\"" + address + "\"}]}}";
    }

    private static String pod(String name, String node, String image, String id, String policy) {
        return "{\"kind\":\"Pod\",\"metadata\":{\"namespace\":\"ns\",\"name\":\"" + name
                + "\"},\"spec\":{\"nodeName\":\"" + node
                + "\",\"containers\":[{\"name\":\"c\",\"image\":\"" + image + "\",\"imagePullPolicy\":\"" + policy
                + "\"}]},\"status\":{\"containerStatuses\":[{\"name\":\"c\",\"imageID\":\"" + id + "\"}]}}";
    }
}
