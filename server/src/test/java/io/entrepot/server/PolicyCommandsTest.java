package io.entrepot.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code entrepot policy}: manifests, tables and the matrix, by a configuration alone. */
class PolicyCommandsTest {

    private static final String DIGEST = "sha256:" + "a".repeat(64);

    @TempDir
    private Path root;

    private final Commands commands = new Commands();
    private String config;

    @BeforeEach
    void configure() throws IOException {
        config = write("mirror.yaml", """
                upstreams: { docker.io: {}, ghcr.io: {} }
                tags: [ { match: "ghcr.io/acme/*:v*", immutable: true } ]
                policy:
                  rules:
                    - name: no-latest
                      match: { tags: [latest], namespaces: ["prod-*"] }
                      deny: "{image} moves"
                    - name: old-tags
                      mode: warn
                      match: { repositories: ["docker.io/library/*"], versions: ["<3"] }
                      deny: "too old soon"
                    - name: hub
                      match: { repositories: ["docker.io/library/*"] }
                      require: { platforms: [linux/amd64], min-age: 72h }
                    - name: robots
                      match: { registries: [ghcr.io], service-accounts: ["prod-*/robot"] }
                      allow: true
                    - name: ours
                      match: { repositories: ["ghcr.io/acme/*"] }
                      allow: true
                """);
    }

    @Test
    void namesEachImageThatIsRefusedAndWhatIsUnwise() throws Exception {
        int code = check("""
                kind: Deployment
                apiVersion: apps/v1
                metadata: { name: web, namespace: prod-shop }
                spec: { template: { spec: { containers: [
                  { name: a, image: nginx },
                  { name: b, image: "ghcr.io/acme/app:1", imagePullPolicy: IfNotPresent },
                  { name: c, image: "ghcr.io/acme/app:v1", imagePullPolicy: IfNotPresent },
                  { name: d, image: "ghcr.io/acme/app@%s", imagePullPolicy: Always },
                  { name: e, image: "alpine:2.7" },
                  { name: f, image: "Not An Image" },
                  { name: g, image: "quay.io/a/b@%s" } ] } } }
                """.formatted(DIGEST, DIGEST));

        assertThat(code).isEqualTo(1);
        assertThat(commands.out().replace(root.toString(), "").lines())
                .containsExactly(
                        "/m.yaml:5: error refused prod-shop/Deployment/web containers[a].image nginx:"
                                + " docker.io/library/nginx:latest moves (rule no-latest)",
                        "/m.yaml:5: warning latest prod-shop/Deployment/web containers[a].image nginx:"
                                + " name a version, or a digest",
                        "/m.yaml:6: note no-digest prod-shop/Deployment/web containers[b].image ghcr.io/acme/app:1: the tag"
                                + " has no digest beside it and no pin in the lock file",
                        "/m.yaml:6: warning pull-policy prod-shop/Deployment/web containers[b].image ghcr.io/acme/app:1:"
                                + " IfNotPresent with a tag that may move: a node runs what it has, whatever the tag means"
                                + " and the rules say by now",
                        "/m.yaml:8: note depends prod-shop/Deployment/web containers[d].image ghcr.io/acme/app@"
                                + DIGEST + ": depends on the tags that it has here (rule no-latest)",
                        "/m.yaml:8: warning pull-policy prod-shop/Deployment/web containers[d].image ghcr.io/acme/app@"
                                + DIGEST + ": Always asks for what cannot change, and needs the mirror at each start",
                        "/m.yaml:9: warning warned prod-shop/Deployment/web containers[e].image alpine:2.7:"
                                + " too old soon (rule old-tags, mode warn)",
                        "/m.yaml:9: note depends prod-shop/Deployment/web containers[e].image alpine:2.7:"
                                + " depends on min-age, platforms (rule hub)",
                        "/m.yaml:9: note no-digest prod-shop/Deployment/web containers[e].image alpine:2.7: the tag"
                                + " has no digest beside it and no pin in the lock file",
                        "/m.yaml:10: error no-image prod-shop/Deployment/web containers[f].image Not An Image:"
                                + " repository: library/Not An Image"
                                + " (expected: [a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*)",
                        "/m.yaml:11: error refused prod-shop/Deployment/web containers[g].image quay.io/a/b@" + DIGEST
                                + ": quay.io is not an upstream of this mirror; these lines add it:"
                                + " upstreams: { \"quay.io\": {} }",
                        "7 images, 2 refused");
    }

    /** Where rules are tested, the mirror's secrets are not: nor its key, its users and what it proves itself with. */
    @Test
    void needsNoSecretAndNoKeyOfTheMirror() throws Exception {
        String file = write("secrets.yaml", """
                listen: { tls: { certificate: /nowhere/tls.crt, key: /nowhere/tls.key } }
                admin: { token: "${env:ENTREPOT_NO_SUCH_TOKEN}" }
                upstreams:
                  docker.io: { auth: { username: acme, password: "${file:/nowhere/hub}" }, shared: true, ca: /nowhere/ca.pem }
                access:
                  client-ca: /nowhere/ca.pem
                  htpasswd: /nowhere/users
                  issuers: [ { issuer: i, audience: [a], algorithms: [RS256], jwks: /nowhere/keys.json } ]
                audit: { pseudonyms: "${file:/nowhere/key}" }
                policy: { rules: [ { name: no-latest, match: { tags: [latest] }, deny: "{image} moves" } ] }
                """);
        String table = write("table.yaml", "- { image: alpine, verdict: deny, rule: no-latest }\n");

        assertThat(commands.run("policy", "test", table, "--config", file))
                .as(commands.err())
                .isZero();
        assertThat(commands.run("policy", "matrix", "--config", file))
                .as(commands.err())
                .isZero();
        assertThat(commands.run("explain", "alpine", "--config", file))
                .as(commands.err())
                .isZero();
        assertThat(commands.run("check", file)).isEqualTo(2);
        assertThat(commands.out())
                .contains(
                        "/nowhere/tls.key",
                        "ENTREPOT_NO_SUCH_TOKEN",
                        "/nowhere/hub",
                        "/nowhere/users",
                        "/nowhere/keys");
    }

    /** Said rightly, though it is not looked at. */
    @Test
    void aSecretInTheFileItselfIsAMistakeForEverybody() throws Exception {
        String file = write("secret.yaml", "admin: { token: hunter2 }\n");

        assertThat(commands.run("explain", "alpine", "--config", file)).isEqualTo(2);
        assertThat(commands.err()).contains("a secret in the file itself").doesNotContain("hunter2");
    }

    @Test
    void aRequirementOnTrialIsAWarningBeforeItIsInForce() throws Exception {
        config = write("trial.yaml", """
                policy:
                  default: allow
                  rules:
                    - { name: digests-soon, mode: warn, require: { digest: true }, message: "from January on by digest only" }
                """);

        assertThat(check("{ apiVersion: v1, kind: Pod, metadata: { name: p }, spec: { containers: [ { name: a, image:"
                        + " \"alpine:3.20\" } ] } }"))
                .isZero();
        assertThat(commands.out())
                .contains("warning warned Pod/p containers[a].image alpine:3.20: from January on by digest only (rule"
                        + " digests-soon, mode warn)");
        String table = write(
                "table.yaml",
                "- { image: \"alpine:3.20\", verdict: allow, rule: digests-soon, message: by digest only }\n");
        assertThat(commands.run("policy", "test", table, "--config", config))
                .as(commands.out())
                .isZero();
        commands.run("explain", "alpine:3.20", "--config", config);
        assertThat(commands.out()).contains("warning    from January on by digest only");
    }

    @Test
    void saysWhereManifestsAreNoYaml() throws Exception {
        assertThat(check("kind: Pod\nspec: { containers: [\n")).isEqualTo(2);

        assertThat(commands.err().replace(root.toString(), "")).startsWith("entrepot: /m.yaml:3: no YAML: ");
    }

    /** As what a helm that failed leaves to its pipe. */
    @Test
    void anEmptyTextIsAFailure() throws Exception {
        assertThat(check("\n")).isEqualTo(1);
        assertThat(commands.err())
                .endsWith("m.yaml is empty (expected: manifests; did the command fail that writes them?)\n");

        assertThat(check("# nothing is to be installed\n---\n")).isZero();
    }

    @Test
    void saysOfEachRowOfATableWhatIsWrong() throws Exception {
        String table = write("table.yaml", """
                - { image: nginx, from: somewhere, verdict: deny }
                - { image: "No Image", verdict: deny }
                """);

        assertThat(policy("test", table)).isEqualTo(2);
        assertThat(commands.err().lines())
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("entrepot: row 1: address: somewhere"),
                        second -> assertThat(second).startsWith("row 2: repository: library/No Image"));

        write("table.yaml", "- { image: nginx, who: ann, verdict: deny }\n- { image: nginx }\n");
        assertThat(policy("test", table)).isEqualTo(2);
        assertThat(commands.err()).contains("row 1: who is no field", "row 2: image and verdict are needed");
    }

    @Test
    void aRowThatIsNotAsExpectedEndsWithWhatIsSaidIfAnythingIs() throws Exception {
        String table = write("table.yaml", "- { image: \"ghcr.io/acme/app:1\", verdict: deny }\n");

        assertThat(policy("test", table)).isEqualTo(1);
        assertThat(commands.out()).startsWith("row 1: ghcr.io/acme/app:1: expected deny, but allow by rule ours\n");
    }

    @Test
    void explainPrintsTheReasonAsItIsSent() throws Exception {
        String words = "so süß, ".repeat(20);
        config = write("long.yaml", "policy: { rules: [ { name: a, deny: \"" + words + "\" } ] }");

        commands.run("explain", "alpine:3", "--config", config);
        assertThat(commands.out())
                .endsWith("sent       403 " + words.replaceAll("[üß]", "?").substring(0, 117) + "...\n");
    }

    @ParameterizedTest
    @CsvSource({
        "ghcr.io/acme/app:v1, prod-a, robot, 0",
        "ghcr.io/other/app:v1, prod-a, robot, 0",
        "ghcr.io/other/app:v1, prod-a, other, 1",
        "ghcr.io/other/app:v1, dev, robot, 1"
    })
    void asksAsTheServiceAccountOfThePod(String image, String namespace, String account, int expected)
            throws Exception {
        int code = check("{ apiVersion: v1, kind: Pod, metadata: { name: p, namespace: " + namespace
                + " }, spec: { serviceAccountName: " + account + ", containers: [ { name: a, image: \"" + image
                + "\" } ] } }");

        assertThat(code).as(commands.out()).isEqualTo(expected);
    }

    @Test
    void failsOnWarningsIfThatIsAskedFor() throws Exception {
        String manifest =
                "{ apiVersion: v1, kind: Pod, spec: { containers: [ { name: a, image: ghcr.io/acme/app } ] } }";

        assertThat(check(manifest)).isZero();
        assertThat(check(manifest, "--strict")).isEqualTo(1);
        assertThat(check(manifest, "--default-namespace", "prod-a")).isEqualTo(1);
    }

    @Test
    void jsonIsForPrograms() throws Exception {
        check(
                "{ apiVersion: v1, kind: Pod, spec: { containers: [ { name: a, image: ghcr.io/acme/app } ] } }",
                "-o",
                "json");

        assertThat(commands.out())
                .contains(
                        "\"images\":1",
                        "\"kind\":\"latest\"",
                        "\"level\":\"warning\"",
                        "\"object\":\"Pod/\"",
                        "\"line\":1");
    }

    /** What the specification of SARIF 2.1.0 asks for, of the parts that are used (3.13, 3.14, 3.18, 3.19, 3.27 to 3.30). */
    @Test
    void sarifIsAsItsSpecificationHasIt() throws Exception {
        check("""
                apiVersion: v1
                kind: Pod
                metadata: { name: p, namespace: prod-a }
                spec: { containers: [ { name: a, image: nginx }, { name: b, image: "alpine:3.20" } ] }
                """, "-o", "sarif");

        JsonNode sarif = new ObjectMapper().readTree(commands.out());
        assertThat(sarif.get("version").asText()).isEqualTo("2.1.0");
        assertThat(sarif.get("$schema").asText()).endsWith("/sarif-schema-2.1.0.json");
        assertThat(sarif.get("runs")).hasSize(1);
        JsonNode run = sarif.get("runs").get(0);
        JsonNode driver = run.get("tool").get("driver");
        assertThat(driver.get("name").asText()).isEqualTo("entrepot");
        assertThat(driver.get("rules")).allSatisfy(rule -> {
            assertThat(rule.get("id").asText()).matches("[a-z-]+");
            assertThat(rule.get("shortDescription").get("text").asText()).endsWith(".");
        });
        assertThat(run.get("results")).isNotEmpty().allSatisfy(result -> {
            JsonNode rule = driver.get("rules").get(result.get("ruleIndex").asInt());
            assertThat(result.get("ruleId")).isEqualTo(rule.get("id"));
            assertThat(result.get("level").asText()).isIn("none", "note", "warning", "error");
            assertThat(result.get("message").get("text").asText()).isNotEmpty();
            JsonNode place = result.get("locations").get(0);
            assertThat(place.get("physicalLocation")
                            .get("artifactLocation")
                            .get("uri")
                            .asText())
                    .endsWith("m.yaml");
            assertThat(place.get("physicalLocation")
                            .get("region")
                            .get("startLine")
                            .asInt())
                    .isEqualTo(4);
            assertThat(place.get("logicalLocations")
                            .get(0)
                            .get("fullyQualifiedName")
                            .asText())
                    .startsWith("prod-a/Pod/p containers[");
        });
    }

    @Test
    void aTableSaysWhichRowIsNotAsExpected() throws Exception {
        String table = write("table.csv", """
                image,namespace,service-account,platforms,age,verdict,rule,message
                # comment
                nginx,prod-a,,,,deny,no-latest,moves
                nginx,dev,,,,depends,hub,
                nginx:1,dev,,linux/arm64;linux/amd64,80h,allow,hub,
                nginx:1,dev,,linux/arm64,80h,allow,hub,
                ghcr.io/acme/a:1,,,,,allow,robots,
                """);

        assertThat(policy("test", table)).isEqualTo(1);
        assertThat(commands.out().lines().toList())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith("row 6: nginx:1: expected allow by rule hub, but deny by rule hub: "),
                        line -> assertThat(line)
                                .startsWith(
                                        "row 7: ghcr.io/acme/a:1: expected allow by rule robots, but allow by rule ours"),
                        line -> assertThat(line).isEqualTo("5 rows, 2 not as expected"));
        policy("test", table, "-o", "json");
        assertThat(commands.out()).contains("\"rows\":5", "\"row\":6", "\"verdict\":\"deny\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "- { image: nginx, verdict: maybe }|row 1: image and verdict are needed",
                "- { image: nginx, verdict: deny, who: ann }|row 1: who is no field",
                "- { image: 'No Image', verdict: deny }|row 1: repository: library/No Image",
                "- { image: nginx, from: somewhere, verdict: deny }|row 1: address: somewhere",
                "image: nginx|the table is no list of rows",
                "[]|there is no row in the table"
            })
    void aTableThatIsNoneIsUsage(String table, String message) throws Exception {
        assertThat(policy("test", write("table.yaml", table))).isEqualTo(2);
        assertThat(commands.err()).contains(message);
    }

    @Test
    void theMatrixShowsNamespacesByRegistries() {
        assertThat(policy("matrix")).isZero();
        assertThat(commands.out()).isEqualTo("""
                            docker.io  ghcr.io
                (none)      some       some
                prod-*      some       some
                """);
        policy("matrix", "--namespace", "dev,prod-a", "--registry", "ghcr.io,quay.io");
        assertThat(commands.out()).isEqualTo("""
                            ghcr.io  quay.io
                dev         some     none
                prod-a      some     none
                """);
    }

    private int check(String manifest, String... more) throws IOException {
        return policy("check", concat(List.of("-f", write("m.yaml", manifest)), more));
    }

    private int policy(String command, String... more) {
        return commands.run(concat(List.of("policy", command, "--config", config), more));
    }

    private static String[] concat(List<String> first, String... more) {
        return java.util.stream.Stream.concat(first.stream(), List.of(more).stream())
                .toArray(String[]::new);
    }

    private String write(String name, String text) throws IOException {
        return Files.writeString(root.resolve(name), text).toString();
    }
}
