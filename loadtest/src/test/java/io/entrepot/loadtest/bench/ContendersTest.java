package io.entrepot.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Headers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContendersTest {

    @Test
    void letsNginxServeAPageUnderTheMirrorsHeaders() {
        Headers headers = Headers.of(
                "Content-Type: application/vnd.oci.image.manifest.v1+json",
                "Content-Length: 3",
                "Docker-Content-Digest: sha256:00");
        Page page = new Page("/v2/a/manifests/1", headers, Path.of("/files/1"));

        assertThat(Contenders.nginxConfig(Path.of("/w"), 8080, List.of(page)))
                .contains("""
                            location = "/v2/a/manifests/1" {
                              types { }
                              default_type application/vnd.oci.image.manifest.v1+json;
                              add_header Docker-Content-Digest 'sha256:00';
                            }
                        """)
                .contains("listen 127.0.0.1:8080")
                .contains("access_log off;");
    }

    @Test
    void saysWhatAServerWroteThatDidNotStart(@TempDir Path work) {
        try (FakeRegistry upstream = FakeRegistry.start()) {
            Contenders contenders = new Contenders(work, "0");

            assertThatThrownBy(() -> contenders.mirror(work.resolve("absent.jar"), List.of(), upstream))
                    .isInstanceOf(NotRunnable.class)
                    .hasMessageContaining("entrepot did not start")
                    .hasMessageContaining("Unable to access jarfile");
        }
    }
}
