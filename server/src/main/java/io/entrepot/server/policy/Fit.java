package io.entrepot.server.policy;

/**
 * How a rule stands to a question.
 *
 * @param field which list of its match says so; empty: all do
 */
record Fit(Answer answer, String field) {

    /** {@code OPEN}: it depends on what is not known yet. */
    enum Answer {
        YES,
        NO,
        OPEN
    }

    static final Fit YES = new Fit(Answer.YES, "");

    boolean isNo() {
        return answer == Answer.NO;
    }

    boolean isOpen() {
        return answer == Answer.OPEN;
    }
}
