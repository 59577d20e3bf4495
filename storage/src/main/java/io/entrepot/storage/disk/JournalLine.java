package io.entrepot.storage.disk;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.storage.ReferrersRecord;
import io.entrepot.storage.TagFacts;
import io.entrepot.storage.TagPin;
import io.entrepot.storage.disk.JournalRecord.Aged;
import io.entrepot.storage.disk.JournalRecord.Gone;
import io.entrepot.storage.disk.JournalRecord.Linked;
import io.entrepot.storage.disk.JournalRecord.LinkedBlob;
import io.entrepot.storage.disk.JournalRecord.Pinned;
import io.entrepot.storage.disk.JournalRecord.Referred;
import io.entrepot.storage.disk.JournalRecord.Returned;
import io.entrepot.storage.disk.JournalRecord.Saw;
import io.entrepot.storage.disk.JournalRecord.Still;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The text of a journal line: words in ASCII, each once separated by one space, the last one the CRC32C of what is
 * before its space.
 *
 * <pre>
 * saw 3.20 application/vnd.oci.image.index.v1+json sha256:beef… 1638 2026-03-01T10:00:00Z 5f3c9a01
 * still 3.20 2026-03-01T16:00:00Z 0be1f7d2
 * gone 3.20 2026-03-02T09:30:00Z 77a0c1f4
 * age 3.20 sha256:beef… 2026-03-01T10:00:01Z 1f0c2b7a
 * pin 3.20 sha256:beef… 2026-03-01T10:00:02Z proposed by=alice 4a61e0d3
 * return 3.20 sha256:beef… 2026-03-03T10:00:00Z c2a70f15
 * link application/vnd.oci.image.manifest.v1+json sha256:cafe… 610 application/… sha256:0123… 3402011 … 9d00b3e8
 * referrers sha256:cafe… application/vnd.oci.image.index.v1+json sha256:89ab… 1204 2026-03-01T10:00:02Z 60d1c7ee
 * blob application/octet-stream sha256:4567… 3402011 1e8812aa
 * </pre>
 *
 * <p>{@code age} says since when that of a digest counts, {@code pin} what a first pull left ({@code proposed}) and somebody
 * confirmed ({@code promoted}; who, as in a form on the web), {@code return} which second entry of a digest was promoted, by
 * the time at which it was first seen. A {@code link} names a manifest and then, three words each, what the manifest names. {@code referrers} says which
 * index lists those of a manifest. {@code still} moves the time at
 * which the tag was last seen.
 */
final class JournalLine {

    private JournalLine() {}

    /** The line of a record, its end included. */
    static byte[] of(JournalRecord record) {
        byte[] words = record.words().getBytes(StandardCharsets.US_ASCII);
        String end = " " + checksum(words, words.length) + "\n";
        byte[] line = Arrays.copyOf(words, words.length + end.length());
        System.arraycopy(end.getBytes(StandardCharsets.US_ASCII), 0, line, words.length, end.length());
        return line;
    }

    private static String checksum(byte[] line, int length) {
        CRC32C crc = new CRC32C();
        crc.update(line, 0, length);
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    /** The record of a line without its end; empty if the line is damaged. */
    static Optional<JournalRecord> parse(byte[] line) {
        int length = line.length - 9;
        String text = new String(line, StandardCharsets.ISO_8859_1);
        if (length < 0 || !text.substring(length).equals(" " + checksum(line, length))) {
            return Optional.empty();
        }
        try {
            return record(text.substring(0, length).split(" "));
        } catch (IllegalArgumentException | DateTimeException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    private static Optional<JournalRecord> record(String[] words) {
        return switch (words[0]) {
            case "saw" -> Optional.of(new Saw(new Tag(words[1]), descriptor(words, 2), Instant.parse(words[5])));
            case "still" -> Optional.of(new Still(new Tag(words[1]), Instant.parse(words[2])));
            case "gone" -> Optional.of(new Gone(new Tag(words[1]), Instant.parse(words[2])));
            case "age" -> Optional.of(new Aged(new Tag(words[1]), Digest.parse(words[2]), Instant.parse(words[3])));
            case "pin" -> Optional.of(new Pinned(new Tag(words[1]), pin(words)));
            case "return" ->
                Optional.of(new Returned(
                        new Tag(words[1]), new TagFacts.Return(Digest.parse(words[2]), Instant.parse(words[3]))));
            case "link" -> Optional.of(new Linked(descriptor(words, 1), descriptors(words, 4)));
            case "referrers" ->
                Optional.of(new Referred(
                        Digest.parse(words[1]), new ReferrersRecord(descriptor(words, 2), Instant.parse(words[5]))));
            case "blob" -> Optional.of(new LinkedBlob(descriptor(words, 1)));
            default -> Optional.empty();
        };
    }

    private static TagPin pin(String[] words) {
        if (!words[4].matches("proposed|promoted") || !words[5].startsWith("by=")) {
            throw new IllegalArgumentException(words[4] + " " + words[5] + " (expected: proposed or promoted, by=…)");
        }
        String by = URLDecoder.decode(words[5].substring(3), StandardCharsets.UTF_8);
        return new TagPin(Digest.parse(words[2]), by, Instant.parse(words[3]), words[4].equals("promoted"));
    }

    private static List<Descriptor> descriptors(String[] words, int from) {
        List<Descriptor> descriptors = new ArrayList<>((words.length - from) / 3);
        for (int word = from; word < words.length; word += 3) {
            descriptors.add(descriptor(words, word));
        }
        return descriptors;
    }

    private static Descriptor descriptor(String[] words, int from) {
        return new Descriptor(
                new MediaType(words[from]), Digest.parse(words[from + 1]), Long.parseLong(words[from + 2]));
    }
}
