package io.entrepot.server.inspect;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Repository;
import io.entrepot.server.policy.Pin;
import io.entrepot.server.policy.PinBook;
import io.entrepot.storage.TagFacts;
import io.entrepot.storage.TagPin;
import io.entrepot.storage.TagRecord;
import io.entrepot.storage.TagStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The pins of the lock file, what first pulls pinned or proposed, and returns that wait to be promoted, one a line:
 *
 * <pre>
 * {"image":"docker.io/library/alpine:3.20","kind":"proposal","digest":"sha256:…","by":"alice","at":"2026-03-01T10:00:00Z",
 *  "upstream":"sha256:…","drift":true}
 * </pre>
 *
 * <p>{@code kind} is {@code lock}, {@code first-pull} (promoted), {@code proposal} or {@code return}; {@code upstream} what
 * the upstream last said, if it is known; {@code drift} whether that is another digest. Every method may block.
 */
public record PinLines(PinBook lock, TagStore tags) {

    /** All of them, by image. */
    public List<Map<String, Object>> all() throws IOException {
        List<Map<String, Object>> lines = new ArrayList<>();
        for (Map.Entry<Repository, Map<Tag, Pin>> repository : lock.pins().entrySet()) {
            for (Map.Entry<Tag, Pin> pin : repository.getValue().entrySet()) {
                lines.add(locked(repository.getKey(), pin.getKey(), pin.getValue()));
            }
        }
        for (Repository repository : tags.repositories()) {
            tags.list(repository).forEach(record -> recorded(repository, record, lines));
        }
        lines.sort(Comparator.comparing(line -> String.valueOf(line.get("image"))));
        return lines;
    }

    private Map<String, Object> locked(Repository repository, Tag tag, Pin pin) throws IOException {
        Map<String, Object> line = line(repository, tag, "lock", pin.digest());
        line.put("by", pin.by());
        line.put("why", pin.why());
        compare(line, pin.digest(), tags.find(repository, tag));
        return line;
    }

    private static void recorded(Repository repository, TagRecord record, List<Map<String, Object>> lines) {
        Optional<TagPin> pin = record.facts().pin();
        if (pin.isPresent()) {
            String kind = pin.get().promoted() ? "first-pull" : "proposal";
            Map<String, Object> line =
                    line(repository, record.tag(), kind, pin.get().digest());
            line.put("by", pin.get().by());
            line.put("at", pin.get().at().toString());
            compare(line, pin.get().digest(), Optional.of(record));
            lines.add(line);
        }
        Optional<TagFacts.Return> open = record.openReturn();
        if (open.isPresent()) {
            List<TagRecord.Seen> forward = record.forward();
            Digest before = forward.get(forward.size() - 1).manifest().digest();
            Map<String, Object> line = line(repository, record.tag(), "return", before);
            line.put("at", open.get().seen().toString());
            compare(line, before, Optional.of(record));
            lines.add(line);
        }
    }

    private static Map<String, Object> line(Repository repository, Tag tag, String kind, Digest digest) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("image", repository + ":" + tag);
        line.put("kind", kind);
        line.put("digest", digest.toString());
        return line;
    }

    private static void compare(Map<String, Object> line, Digest pinned, Optional<TagRecord> record) {
        Optional<Digest> upstream = record.filter(known -> !known.gone())
                .map(known -> known.latest().manifest().digest());
        upstream.ifPresent(digest -> line.put("upstream", digest.toString()));
        line.put("drift", upstream.filter(digest -> !digest.equals(pinned)).isPresent());
    }
}
