package io.entrepot.server.access;

/** What somebody brought does not prove who they are; says why, and never what it was. */
final class NotProven extends RuntimeException {

    NotProven(String message) {
        super(message, null, false, false);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
