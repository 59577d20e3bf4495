package io.entrepot.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.oci.ImageRef;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImageListTest {

    private static final String POD = "apiVersion: v1\nspec: { containers: [ { image: \"a.example/b:1\" } ] }\n";

    @Test
    void takesKeysThatAreNoText() {
        assertThat(ImageList.parse(POD + "~: [ 1 ]\n2: [ 3 ]\n")).isEqualTo(images("a.example/b:1"));
    }

    @Test
    void takesAliasesWithinThemselves() {
        assertThat(ImageList.parse(POD + "x: &x [ *x, { y: *x } ]\n")).isEqualTo(images("a.example/b:1"));
    }

    @Test
    void looksThroughWhatAliasesMultiplyOnce() {
        StringBuilder bomb = new StringBuilder(POD).append("a0: &a0 [ 1 ]\n");
        for (int i = 1; i <= 24; i++) {
            bomb.append("a%d: &a%d [ *a%d, *a%d ]%n".formatted(i, i, i - 1, i - 1));
        }

        assertThat(ImageList.parse(bomb.toString())).isEqualTo(images("a.example/b:1"));
    }

    @Test
    void saysThatWhatIsNestedTooDeeplyIs() {
        assertThatThrownBy(() -> ImageList.parse(POD + "x: " + "[".repeat(100_000) + "]".repeat(100_000)))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("the manifests are nested too deeply");
    }

    private static List<ImageRef> images(String... names) {
        return List.of(names).stream().map(ImageRef::parse).toList();
    }
}
