package io.entrepot.server.audit.tlog;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Text that keys have signed (C2SP signed-note). What it says means nothing until {@link #verify} has named a key.
 *
 * <pre>
 *   text, each line of it ended
 *
 *   — name base64(key id ‖ signature)
 * </pre>
 */
public record Note(String text, List<Signature> signatures) {

    /** A note is at most so many bytes, and has at most so many signatures. */
    static final int LONGEST = 1 << 18;

    private static final int MOST = 100;
    private static final String DASH = "\u2014 ";

    /** One signature, of a key that may be unknown: its bytes are in base64, behind the key's id. */
    public record Signature(String name, int keyId, String bytes) {

        public Signature {
            checkName(name);
        }

        static Signature of(String name, int keyId, byte[] signature) {
            return new Signature(name, keyId, Base64.getEncoder().encodeToString(signature));
        }

        /** From its line without the end; @throws IllegalArgumentException if it is none. */
        static Signature parse(String line) {
            int space = line.indexOf(' ', DASH.length());
            if (!line.startsWith(DASH) || space < 0) {
                throw new IllegalArgumentException("signature: " + Bytes.shown(line) + " (expected: — name base64)");
            }
            byte[] bytes = Bytes.base64(line.substring(space + 1));
            if (bytes.length < 5) {
                throw new IllegalArgumentException("signature: " + bytes.length + " bytes (expected: at least 5)");
            }
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            int id = buffer.getInt();
            byte[] rest = new byte[buffer.remaining()];
            buffer.get(rest);
            return of(line.substring(DASH.length(), space), id, rest);
        }

        byte[] signature() {
            return Base64.getDecoder().decode(bytes);
        }

        /** Its line, without the end. */
        @Override
        public String toString() {
            byte[] signature = signature();
            byte[] whole = ByteBuffer.allocate(4 + signature.length)
                    .putInt(keyId)
                    .put(signature)
                    .array();
            return DASH + name + " " + Base64.getEncoder().encodeToString(whole);
        }
    }

    /** A key whose signature holds; a witness says when it signed. */
    public record Verified(VerifierKey key, Optional<Instant> time) {}

    public Note {
        if (!text.endsWith("\n")) {
            throw new IllegalArgumentException("note: its text has no last line end");
        }
        signatures = List.copyOf(signatures);
    }

    /** From its bytes; @throws IllegalArgumentException if it is no note. */
    public static Note parse(byte[] bytes) {
        if (bytes.length > LONGEST) {
            throw new IllegalArgumentException("note: " + bytes.length + " bytes (expected: at most " + LONGEST + ")");
        }
        try {
            return parse(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("note: not UTF-8", e);
        }
    }

    private static Note parse(String note) {
        if (note.chars().anyMatch(c -> c < ' ' && c != '\n')) {
            throw new IllegalArgumentException("note: has control characters (expected: none but line ends)");
        }
        int split = note.lastIndexOf("\n\n");
        if (split < 0 || !note.endsWith("\n") || split + 2 == note.length()) {
            throw new IllegalArgumentException("note: no signatures (expected: text, an empty line, signatures)");
        }
        return new Note(note.substring(0, split + 1), lines(note.substring(split + 2)));
    }

    /** Signature lines, each of them ended. */
    static List<Signature> lines(String block) {
        if (!block.endsWith("\n")) {
            throw new IllegalArgumentException("signatures: the last line has no end");
        }
        List<Signature> signatures = new ArrayList<>();
        for (String line : block.substring(0, block.length() - 1).split("\n", -1)) {
            if (signatures.size() == MOST) {
                throw new IllegalArgumentException("signatures: more than " + MOST);
            }
            signatures.add(Signature.parse(line));
        }
        return signatures;
    }

    /** This note with more signatures; those that it has already are left out. */
    public Note with(Collection<Signature> more) {
        List<Signature> all = new ArrayList<>(signatures);
        more.stream().filter(signature -> !all.contains(signature)).forEach(all::add);
        return new Note(text, all);
    }

    /**
     * Which of these keys have signed it; signatures of others are passed over.
     *
     * @throws BadSignature if there is a signature with the name and the id of one of these keys that is not by it
     */
    public List<Verified> verify(Collection<VerifierKey> keys) throws BadSignature {
        List<Verified> verified = new ArrayList<>();
        for (Signature signature : signatures) {
            for (VerifierKey key : keys) {
                if (key.made(signature)
                        && verified.stream().noneMatch(v -> v.key().equals(key))) {
                    verified.add(new Verified(key, key.check(text, signature)));
                }
            }
        }
        return verified;
    }

    static void checkName(String name) {
        boolean spaced = name.codePoints().anyMatch(c -> Character.isSpaceChar(c) || Character.isWhitespace(c));
        if (name.isEmpty()
                || spaced
                || name.indexOf('+') >= 0
                || name.codePoints().anyMatch(c -> c < ' ')) {
            throw new IllegalArgumentException("key name: " + Bytes.shown(name) + " (expected: no spaces, no plus)");
        }
    }

    public byte[] bytes() {
        return toString().getBytes(StandardCharsets.UTF_8);
    }

    /** As it is written. */
    @Override
    public String toString() {
        StringBuilder note = new StringBuilder(text).append('\n');
        signatures.forEach(signature -> note.append(signature).append('\n'));
        return note.toString();
    }
}
