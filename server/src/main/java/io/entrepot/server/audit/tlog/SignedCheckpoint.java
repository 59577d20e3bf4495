package io.entrepot.server.audit.tlog;

/** A checkpoint, and the note that carries it with its signatures, which may or may not hold. */
public record SignedCheckpoint(Checkpoint head, Note note) {

    /** From its bytes; @throws IllegalArgumentException if this is no note, or its text no checkpoint. */
    public static SignedCheckpoint parse(byte[] bytes) {
        return of(Note.parse(bytes));
    }

    static SignedCheckpoint of(Note note) {
        return new SignedCheckpoint(Checkpoint.parse(note.text()), note);
    }

    public byte[] bytes() {
        return note.bytes();
    }
}
