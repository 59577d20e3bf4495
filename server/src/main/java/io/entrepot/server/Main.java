package io.entrepot.server;

import io.entrepot.server.cli.Cli;

/** The program. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        System.exit(new Cli(new Daemon()).run(args));
    }
}
