package io.entrepot.server.cli;

import picocli.CommandLine.Option;

/** {@code --output text|json}. */
final class Output {

    /** For people or for programs. */
    enum Form {
        TEXT,
        JSON
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|json",
            description = "The form of what is printed; default: text.")
    private Form form = Form.TEXT;

    boolean isJson() {
        return form == Form.JSON;
    }
}
