package io.entrepot.server.content;

import io.entrepot.config.MirrorConfig.UnverifiedRanges;
import java.io.IOException;

/** What a fill has once there is room for its blob: the file, the gate before its readers, the ranges fetched ahead. */
record FillRoom(Target target, Store store, FillFile file, Gate gate, RangeFetches ranges) {

    /** What was written this little ago is still in the page cache. */
    private static final long STILL_IN_MEMORY = 64L * 1024 * 1024;

    /** Makes room. Blocks. @throws io.entrepot.storage.StoreFullException if there is none */
    static FillRoom reserve(Target target, Fill.Size size, int maxRanges, Store store, ContentStats stats)
            throws IOException {
        FillFile file = size.confirmed()
                ? FillFile.reserve(store.blobs(), target.digest(), size.bytes())
                : FillFile.reserveFree(store.blobs(), target.digest(), size.bytes());
        Gate gate = new Gate(size.bytes(), file.channel(), file::available);
        RangeFetches.Sink sink = (position, bytes) -> {
            file.write(position, bytes);
            gate.advanced();
        };
        return new FillRoom(target, store, file, gate, new RangeFetches(target, sink, file, maxRanges, store, stats));
    }

    /** A reader that goes over to {@code relay} if the file cannot grow. */
    BodyReader reader(long from, long to, RelayWhenFull.Continuation relay) {
        boolean unverified =
                target.upstream().config().unverifiedRanges() == UnverifiedRanges.SERVE && to - from < gate.size();
        BodyReader reader = gate.reader(from, to, !unverified);
        BodyReader eager = unverified ? ranges.reader(reader, from, to) : reader;
        return new RelayWhenFull(new Prefetch(eager, to, this::isFarBehind, store), from, to, relay);
    }

    private boolean isFarBehind(long position) {
        return file.prefix() - position > STILL_IN_MEMORY;
    }

    /** The beginning of the blob, as far as it is there. */
    Relay.Prefix prefix() {
        return new Relay.Prefix(file.channel(), file.prefix());
    }
}
