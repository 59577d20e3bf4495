package io.entrepot.server.audit.tlog;

import java.io.IOException;

/** A record that is in the tree reads otherwise now. */
final class RecordChanged extends IOException {

    private final long index;

    RecordChanged(long index) {
        super("record " + index + " is not the one that the tree has");
        this.index = index;
    }

    long index() {
        return index;
    }
}
