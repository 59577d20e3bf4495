package io.entrepot.server.audit.query.duck;

import io.entrepot.server.audit.query.LineFiles;

/** The answering process over {@link LineFiles}. */
public final class TestChild {

    private TestChild() {}

    public static void main(String[] args) {
        System.exit(Child.run(LineFiles::new));
    }
}
