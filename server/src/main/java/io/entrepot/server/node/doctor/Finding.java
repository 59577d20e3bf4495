package io.entrepot.server.node.doctor;

/**
 * Something that is wrong on a node, or that somebody should know.
 *
 * @param where the file, as the node knows it
 * @param what is wrong, and what comes of it
 * @param fix what to do about it, in a line or two
 */
public record Finding(Level level, String where, String what, String fix) {

    /** {@code OPEN}: pulls go around the mirror. {@code BROKEN}: pulls fail. {@code NOTE}: neither. */
    public enum Level {
        OPEN,
        UNSURE,
        BROKEN,
        NOTE
    }

    static Finding open(String where, String what, String fix) {
        return new Finding(Level.OPEN, where, what, fix);
    }

    static Finding unsure(String where, String what, String fix) {
        return new Finding(Level.UNSURE, where, what, fix);
    }

    static Finding broken(String where, String what, String fix) {
        return new Finding(Level.BROKEN, where, what, fix);
    }

    static Finding note(String where, String what, String fix) {
        return new Finding(Level.NOTE, where, what, fix);
    }
}
