package io.entrepot.server.audit.tlog;

/** Is told what became of the log, on the sealer's thread; what concerns a place on any. Must not throw, must not take long. */
public interface SealerListener {

    /** A checkpoint is signed and on the disk. */
    default void signed(SignedCheckpoint checkpoint) {}

    /** Records below this index are sealed, on the disk and read back: nobody else needs to keep them. */
    default void sealed(long below) {}

    /** Something could not be done now, and will be tried again. */
    default void failed(Throwable cause) {}

    /** A place, or a witness, did not take a checkpoint; said once, until it takes one. The next one goes there all the same. */
    default void notHanded(Throwable cause) {}

    /** It takes checkpoints again. */
    default void handedAgain() {}

    /** Nothing will be signed any more: what is on the disk contradicts what was signed. A person must look at it. */
    default void stopped(String why) {}
}
