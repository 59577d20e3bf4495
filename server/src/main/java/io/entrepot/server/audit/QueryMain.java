package io.entrepot.server.audit;

import io.entrepot.server.audit.query.duck.Child;

/** The program that a mirror or a command starts to answer one question from a log. */
public final class QueryMain {

    private QueryMain() {}

    public static void main(String[] arguments) {
        System.exit(Child.run(StoredLog::open));
    }
}
