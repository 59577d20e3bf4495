package io.entrepot.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What a fleet takes, taken as a fleet takes it. */
class DeliveryTest {

    private static final Map<String, String> FILES =
            Map.of("hosts.d/a.toml", "# one\n\n[x.\"y\"]\n  z = 'END_OF_FILE'\n", "ca.crt", "PEM\n", "b.json", "{}\n");

    @TempDir
    Path root;

    private Path home;
    private NodeSetup setup;

    @BeforeEach
    void setUp() {
        home = root.resolve("home");
        setup = new NodeSetup("test", home, FILES);
    }

    @Test
    void theScriptWritesTheFiles() throws Exception {
        run(Delivery.SH.text(setup, "unused"));

        assertWritten(home);
    }

    @Test
    void theScriptCanBeRunAgain() throws Exception {
        run(Delivery.SH.text(setup, "unused"));
        Files.writeString(home.resolve("b.json"), "changed");
        run(Delivery.SH.text(setup, "unused"));

        assertWritten(home);
    }

    @Test
    @SuppressWarnings("unchecked")
    void cloudInitWritesTheFiles() {
        String text = Delivery.CLOUD_INIT.text(setup, "unused");
        Map<String, Object> config = (Map<String, Object>) yaml(text).get(0);
        List<Map<String, Object>> files = (List<Map<String, Object>>) config.get("write_files");

        assertThat(text).startsWith("#cloud-config\n");
        assertThat(files).hasSize(3).allSatisfy(file -> assertThat(file).containsEntry("permissions", "0644"));
        FILES.forEach((name, content) -> assertThat(files)
                .anySatisfy(file -> assertThat(file)
                        .containsEntry("path", home.resolve(name).toString())
                        .containsEntry("content", content)));
    }

    @Test
    @SuppressWarnings("unchecked")
    void theDaemonSetWritesTheFilesOfItsConfigMap() throws Exception {
        List<Object> objects = yaml(Delivery.DAEMONSET.text(setup, "registry.corp/tools/busybox:1"));
        Map<String, Object> data = (Map<String, Object>) at(objects.get(0), "data");
        Map<String, Object> container =
                ((List<Map<String, Object>>) at(objects.get(1), "spec", "template", "spec", "containers")).get(0);
        Path files = Files.createDirectories(root.resolve("files"));
        for (Map.Entry<String, Object> file : data.entrySet()) {
            Files.writeString(files.resolve(file.getKey()), (String) file.getValue());
        }
        String script = ((List<String>) container.get("command")).get(2);

        run(script.replace("/files", files.toString())
                .replace("/node", home.toString())
                .replace("sleep 60", "exit 0"));

        assertWritten(home);
        assertThat(container).containsEntry("image", "registry.corp/tools/busybox:1");
        assertThat(at(objects.get(1), "spec", "template", "spec", "volumes").toString())
                .contains(home.toString());
    }

    @SuppressWarnings("unchecked")
    private static Object at(Object object, String... path) {
        Object found = object;
        for (String key : path) {
            found = ((Map<String, Object>) found).get(key);
        }
        return found;
    }

    private static void assertWritten(Path directory) {
        FILES.forEach((name, text) -> assertThat(directory.resolve(name)).hasContent(text));
        assertThat(directory).isDirectoryNotContaining("glob:**.new");
    }

    private void run(String script) throws IOException, InterruptedException {
        Path file = Files.writeString(root.resolve("script"), script);
        Process process = new ProcessBuilder("sh", "-e", file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    private static List<Object> yaml(String text) {
        List<Object> documents = new ArrayList<>();
        new Load(LoadSettings.builder().build()).loadAllFromString(text).forEach(documents::add);
        return documents;
    }
}
