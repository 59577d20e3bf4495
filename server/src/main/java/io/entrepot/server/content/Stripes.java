package io.entrepot.server.content;

/** Locks for keys, shared by those whose hashes meet; to be taken on the store's pool alone. */
final class Stripes {

    private static final int LOCKS = 256;

    private final Object[] locks = new Object[LOCKS];

    Stripes() {
        for (int i = 0; i < LOCKS; i++) {
            locks[i] = new Object();
        }
    }

    Object of(Object key) {
        int hash = key.hashCode();
        return locks[(hash ^ (hash >>> 16)) & (LOCKS - 1)];
    }
}
