package io.entrepot.server.upstream;

import io.entrepot.server.net.HttpReply;
import java.util.OptionalLong;

/** Whether a 206 is the part that was asked for; one that lies about its place would damage what it is put into. */
final class Parts {

    /** For a range without an end. */
    static final long TO_THE_END = -1;

    private Parts() {}

    /** @param to exclusive, or {@link #TO_THE_END}. @throws WrongAnswer if it is another part, or does not say which it is */
    static void require(HttpReply reply, long from, long to) {
        ContentRange range = Heads.range(reply)
                .orElseThrow(() -> new WrongAnswer("sent a part without saying which"
                        + " (expected: Content-Range: bytes " + from + "-…, with the size of the whole)"));
        long end = to == TO_THE_END ? range.size() : to;
        if (range.first() != from || range.last() != end - 1) {
            throw new WrongAnswer("sent " + range + " (expected: bytes " + from + "-" + (end - 1) + ")");
        }
        OptionalLong length = Heads.length(reply);
        if (length.isPresent() && length.getAsLong() != range.length()) {
            throw new WrongAnswer("sent " + length.getAsLong() + " bytes as " + range);
        }
    }
}
