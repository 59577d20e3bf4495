package io.entrepot.server.audit.tlog;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * That one record stands in the log, for somebody who has the record and the log's key, and nothing else (C2SP tlog-proof;
 * files end in {@code .tlog-proof}):
 *
 * <pre>
 *   c2sp.org/tlog-proof@v1
 *   index 73894
 *   the hashes of the inclusion proof in base64, a line each
 *
 *   the checkpoint
 * </pre>
 */
public record RecordProof(long index, List<Hash> path, SignedCheckpoint checkpoint) {

    private static final String TITLE = "c2sp.org/tlog-proof@v1";
    private static final int LONGEST_PATH = 63;

    public RecordProof {
        path = List.copyOf(path);
    }

    /** From its bytes; a line of extra data is passed over. @throws IllegalArgumentException if it is no proof */
    public static RecordProof parse(byte[] bytes) {
        String text = new String(bytes, 0, Math.min(bytes.length, Note.LONGEST), StandardCharsets.UTF_8);
        int split = text.indexOf("\n\n");
        List<String> lines = Arrays.asList(text.substring(0, Math.max(split, 0)).split("\n", -1));
        int at = lines.size() > 1 && lines.get(1).startsWith("extra ") ? 2 : 1;
        if (!lines.get(0).equals(TITLE) || lines.size() <= at || !lines.get(at).startsWith("index ")) {
            throw new IllegalArgumentException(
                    "proof: " + Bytes.shown(lines.get(0)) + " (expected: " + TITLE + ", index)");
        }
        if (lines.size() - at - 1 > LONGEST_PATH) {
            throw new IllegalArgumentException("proof: more than " + LONGEST_PATH + " hashes");
        }
        long index = Bytes.decimal(lines.get(at).substring("index ".length()));
        List<Hash> path =
                lines.subList(at + 1, lines.size()).stream().map(Hash::parse).toList();
        int head = text.substring(0, split + 2).getBytes(StandardCharsets.UTF_8).length;
        return new RecordProof(index, path, SignedCheckpoint.parse(Arrays.copyOfRange(bytes, head, bytes.length)));
    }

    /** Whether this record stands where the proof says; who signed the checkpoint is another question. */
    public boolean proves(byte[] record) {
        Checkpoint head = checkpoint.head();
        return Proofs.includes(Hash.leaf(record), index, head.size(), head.root(), path);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(TITLE + "\nindex " + index + "\n");
        path.forEach(hash -> text.append(hash).append('\n'));
        return text.append('\n').append(checkpoint.note()).toString();
    }
}
