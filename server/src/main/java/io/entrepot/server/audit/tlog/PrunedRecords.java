package io.entrepot.server.audit.tlog;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a log says of records that went for their age or its size, before they go:
 *
 * <pre>
 *   {"seq":70000,"time":"2026-11-27T02:03:04.000056Z","type":"pruned","fromSeq":0,"toSeq":65536}
 * </pre>
 *
 * <p>Who takes records away without that word of the log has hidden them.
 */
final class PrunedRecords {

    private static final int LONGEST = 192;
    private static final Pattern RECORD =
            Pattern.compile("\\{\"seq\":[0-9]+,\"time\":\"[^\"]{20,32}\",\"type\":\"pruned\",\"fromSeq\":[0-9]+,"
                    + "\"toSeq\":([0-9]{1,18})}");

    private final List<Said> all = new ArrayList<>();

    private record Said(long index, long below) {}

    /** Looks whether this record says so. */
    void read(long index, byte[] record) {
        if (record.length <= LONGEST) {
            Matcher said = RECORD.matcher(new String(record, StandardCharsets.ISO_8859_1));
            if (said.matches()) {
                all.add(new Said(index, Long.parseLong(said.group(1))));
            }
        }
    }

    /** Records below this went, as a record says that is one of the first {@code covered}; 0: none says so. */
    long below(long covered) {
        return all.stream()
                .filter(said -> said.index < covered)
                .mapToLong(Said::below)
                .max()
                .orElse(0);
    }
}
