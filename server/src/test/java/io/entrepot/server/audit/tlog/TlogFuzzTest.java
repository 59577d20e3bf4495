package io.entrepot.server.audit.tlog;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;

/**
 * Hostile bytes for every parser of what comes from elsewhere: they are read or refused in words, and what was read is written
 * as it came. Run with {@code JAZZER_FUZZ=1} to look for new inputs.
 */
@Tag("fuzz")
class TlogFuzzTest {

    @FuzzTest(maxDuration = "1m")
    void note(byte[] input) {
        read(input, bytes -> {
            Note note = Note.parse(bytes);
            assertThat(note.bytes()).isEqualTo(bytes);
        });
    }

    @FuzzTest(maxDuration = "1m")
    void checkpoint(byte[] input) {
        read(input, bytes -> {
            SignedCheckpoint checkpoint = SignedCheckpoint.parse(bytes);
            assertThat(checkpoint.head().text()).isEqualTo(checkpoint.note().text());
        });
    }

    @FuzzTest(maxDuration = "1m")
    void bundle(byte[] input) {
        read(input, bytes -> {
            List<byte[]> records = Bundle.records(bytes);
            ByteArrayOutputStream again = new ByteArrayOutputStream();
            records.forEach(record -> Bundle.append(again, record));
            assertThat(again.toByteArray()).isEqualTo(bytes);
            assertThat(Bundle.first(bytes, records.size())).isEqualTo(bytes);
        });
    }

    @FuzzTest(maxDuration = "1m")
    void proof(byte[] input) {
        read(input, bytes -> {
            RecordProof proof = RecordProof.parse(bytes);
            assertThat(RecordProof.parse(proof.toString().getBytes(StandardCharsets.UTF_8)))
                    .isEqualTo(proof);
        });
    }

    @FuzzTest(maxDuration = "1m")
    void keys(byte[] input) {
        read(input, bytes -> {
            String text = new String(bytes, StandardCharsets.UTF_8);
            assertThat(VerifierKey.parse(text)).hasToString(text);
        });
        read(input, bytes -> {
            String text = new String(bytes, StandardCharsets.UTF_8);
            KeyPeriod period = KeyPeriod.parse(text);
            assertThat(KeyPeriod.parse(period.toString())).isEqualTo(period);
        });
        read(input, bytes -> {
            String text = new String(bytes, StandardCharsets.UTF_8);
            LogPath.parse(text).ifPresent(path -> assertThat(path).hasToString(text));
        });
    }

    private static void read(byte[] input, Consumer<byte[]> parser) {
        try {
            parser.accept(input);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }
}
