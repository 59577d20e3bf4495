package io.entrepot.server.audit.query.duck;

import io.entrepot.server.audit.query.LineFiles;
import java.time.Duration;

/** The answering process over {@link LineFiles}; an argument is after how many milliseconds of idleness it ends. */
public final class TestChild {

    private TestChild() {}

    public static void main(String[] args) {
        System.exit(
                args.length == 0
                        ? Child.run(LineFiles::new)
                        : Child.run(LineFiles::new, Duration.ofMillis(Long.parseLong(args[0]))));
    }
}
