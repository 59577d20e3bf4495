package io.entrepot.storage;

import java.io.IOException;

/** There is no room: the disk is full, or the blob is larger than the store may be. The blob is relayed, not kept. */
public final class StoreFullException extends IOException {

    public StoreFullException(String message) {
        super(message);
    }
}
