package io.entrepot.server.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What was come across, in eight bytes each. */
class DigestSketchTest {

    private static Digest digest(int number) {
        return Digest.of(Integer.toString(number).getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void hasWhatCameByAndNothingElse() {
        DigestSketch.Draft draft = new DigestSketch.Draft(42);
        IntStream.range(0, 1_000).forEach(number -> draft.add(digest(number)));

        DigestSketch sketch = draft.sketch();

        assertThat(IntStream.range(0, 1_000)).allMatch(number -> sketch.mayHave(digest(number)));
        assertThat(IntStream.range(1_000, 2_000)).noneMatch(number -> sketch.mayHave(digest(number)));
    }

    @Test
    void aDigestThatIsAlikeInAllButTheEndIsAnother() {
        DigestSketch.Draft draft = new DigestSketch.Draft(42);
        draft.add(Digest.parse("sha256:" + "a".repeat(64)));

        assertThat(draft.sketch().mayHave(Digest.parse("sha256:" + "a".repeat(63) + "b")))
                .isFalse();
    }
}
