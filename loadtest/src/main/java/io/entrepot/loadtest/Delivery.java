package io.entrepot.loadtest;

import java.time.Duration;
import java.util.List;

/** How a reply goes out: how its length is told, how fast, and where it stops. */
record Delivery(
        Framing framing,
        long lengthLie,
        Ending ending,
        long endAt,
        long bytesPerSecond,
        Duration drip,
        List<String> before) {

    /** How the end of a body is told. */
    enum Framing {
        LENGTH,
        CHUNKED,
        CLOSE
    }

    /** What happens at the place where a reply stops. */
    enum Ending {
        NONE,
        CLOSE,
        RESET,
        STALL,
        REFUSE
    }

    /** A place before the first byte of the head. */
    static final long BEFORE_HEAD = -1;

    /** A place behind the last byte of the body. */
    static final long AFTER_BODY = Long.MAX_VALUE;

    /** As a sound server does it. */
    static final Delivery SOUND =
            new Delivery(Framing.LENGTH, 0, Ending.NONE, AFTER_BODY, Long.MAX_VALUE, Duration.ZERO, List.of());

    Delivery framed(Framing changed) {
        return new Delivery(changed, lengthLie, ending, endAt, bytesPerSecond, drip, before);
    }

    Delivery lying(long bytes) {
        return new Delivery(framing, bytes, Ending.CLOSE, AFTER_BODY, bytesPerSecond, drip, before);
    }

    Delivery ending(Ending changed, long at) {
        return new Delivery(framing, lengthLie, changed, at, bytesPerSecond, drip, before);
    }

    Delivery paced(long rate) {
        return new Delivery(framing, lengthLie, ending, endAt, rate, drip, before);
    }

    Delivery dripping(Duration each) {
        return new Delivery(framing, lengthLie, ending, endAt, bytesPerSecond, each, before);
    }

    Delivery after(String... heads) {
        return new Delivery(framing, lengthLie, ending, endAt, bytesPerSecond, drip, List.of(heads));
    }
}
