package io.entrepot.server.audit.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Notes as C2SP signed-note has them, its example first. */
class NoteTest {

    private static final String KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    private static final String NOTE = """
            This is an example message.

            — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
            """;

    @Test
    void verifiesTheExampleOfTheSpecification() throws BadSignature {
        VerifierKey key = VerifierKey.parse(KEY);
        Note note = Note.parse(utf8(NOTE));

        assertThat(note.text()).isEqualTo("This is an example message.\n");
        assertThat(note.verify(List.of(key))).containsExactly(new Note.Verified(key, Optional.empty()));
        assertThat(note.toString()).isEqualTo(NOTE);
        assertThat(key).hasToString(KEY);
    }

    @Test
    void passesOverWhatOthersSigned() throws BadSignature {
        NoteKey ours = NoteKey.generate("example.com/foo");
        Note note = Note.parse(utf8(NOTE));
        assertThat(note.verify(List.of(ours.verifier()))).isEmpty();

        Note both = note.with(List.of(ours.sign(note.text())));
        assertThat(both.verify(List.of(ours.verifier()))).hasSize(1);
        assertThat(both.verify(List.of(ours.verifier(), VerifierKey.parse(KEY))))
                .hasSize(2);
    }

    @Test
    void refusesANoteWhoseSignatureByAKnownKeyDoesNotHold() {
        Note other = Note.parse(utf8(NOTE.replace("example message", "exemple message")));
        assertThatThrownBy(() -> other.verify(List.of(VerifierKey.parse(KEY)))).isInstanceOf(BadSignature.class);
    }

    @Test
    void saysWhenAWitnessSigned() throws BadSignature {
        NoteKey witness = NoteKey.generate("witness.example/w1", VerifierKey.WITNESS);
        String text = Checkpoint.of("log.example", 8, Hash.EMPTY).text();
        Note note = new Note(text, List.of(witness.cosign(text, 1_679_315_147)));

        assertThat(Note.parse(note.bytes()).verify(List.of(witness.verifier())))
                .containsExactly(
                        new Note.Verified(witness.verifier(), Optional.of(Instant.parse("2023-03-20T12:25:47Z"))));
    }

    @Test
    void keepsAWitnessAndALogOfTheSameKeyApart() {
        NoteKey log = NoteKey.generate("a.example");
        NoteKey asWitness = NoteKey.parse(witness(log));
        String text = Checkpoint.of("log.example", 8, Hash.EMPTY).text();
        Note.Signature plain = log.sign(text);
        Note claimed = new Note(
                text,
                List.of(Note.Signature.of("a.example", asWitness.verifier().id(), plain.signature())));

        assertThatThrownBy(() -> claimed.verify(List.of(asWitness.verifier()))).isInstanceOf(BadSignature.class);
    }

    private static String witness(NoteKey log) {
        byte[] typed = Bytes.base64(log.secret().split("\\+", 5)[4]);
        typed[0] = VerifierKey.WITNESS;
        byte[] raw = Bytes.base64(log.verifier().toString().split("\\+", 3)[2]);
        VerifierKey verifier = VerifierKey.of("a.example", VerifierKey.WITNESS, Arrays.copyOfRange(raw, 1, raw.length));
        return "PRIVATE+KEY+a.example+" + verifier.toString().split("\\+", 3)[1] + "+"
                + Base64.getEncoder().encodeToString(typed);
    }

    @Test
    void readsItsSecretAgain() {
        NoteKey key = NoteKey.generate("log.example/audit");
        assertThat(NoteKey.parse(key.secret()).verifier()).isEqualTo(key.verifier());
        assertThat(key.toString()).doesNotContain(key.secret().split("\\+", 5)[4]);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "text\n",
                "text\n\n",
                "text\n\n— a AAAAAAA=",
                "text\n\n- a AAAAAAA=\n",
                "text\n\n— a\n",
                "text\n\n—  AAAAAAA=\n",
                "text\n\n— a+b AAAAAAA=\n",
                "text\n\n— a AAAAAA==\n",
                "text\n\n— a AAAAAAB=\n",
                "text\n\n— a AAAAAAA\n",
                "te\txt\n\n— a AAAAAAA=\n",
                "te\rxt\n\n— a AAAAAAA=\n",
            })
    void refusesWhatIsNoNote(String text) {
        assertThatThrownBy(() -> Note.parse(utf8(text))).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "log\n1\n",
                "log\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
                "log\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
                "log\n9223372036854775808\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
                "\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
                "log\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n",
                "log\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hS\n",
                "log\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\nmore\n",
                "log\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            })
    void refusesWhatIsNoCheckpoint(String text) {
        assertThatThrownBy(() -> Checkpoint.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsTheCheckpointOfTheSpecification() {
        String text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
        Checkpoint head = Checkpoint.parse(text);
        assertThat(head.size()).isEqualTo(20_852_163);
        assertThat(head.text()).isEqualTo(text);
        assertThat(Checkpoint.parse(text + "more\n").extensions()).containsExactly("more");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
