package io.entrepot.server.aws;

import java.util.ArrayList;
import java.util.List;

/** The words of a command as it is written in a file: divided by spaces, unless they are in quotes or behind a backslash. */
final class CommandLine {

    private final String text;
    private final List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private boolean begun;
    private int at;

    private CommandLine(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException if a quote is not closed, or there is no word */
    static List<String> words(String text) {
        return new CommandLine(text).words();
    }

    private List<String> words() {
        while (at < text.length()) {
            char c = text.charAt(at++);
            switch (c) {
                case ' ', '\t' -> end();
                case '\'' -> literal();
                case '"' -> quoted();
                case '\\' -> add(escaped());
                default -> add(c);
            }
        }
        end();
        if (words.isEmpty()) {
            throw new IllegalArgumentException("no command");
        }
        return words;
    }

    private void add(char c) {
        begun = true;
        word.append(c);
    }

    private void end() {
        if (begun) {
            words.add(word.toString());
            word.setLength(0);
            begun = false;
        }
    }

    private void literal() {
        int close = text.indexOf('\'', at);
        if (close < 0) {
            throw new IllegalArgumentException("' is not closed");
        }
        begun = true;
        word.append(text, at, close);
        at = close + 1;
    }

    /** In double quotes a backslash means something before another and before a quote alone. */
    private void quoted() {
        begun = true;
        while (at < text.length() && text.charAt(at) != '"') {
            boolean escape =
                    text.charAt(at) == '\\' && at + 1 < text.length() && "\\\"".indexOf(text.charAt(at + 1)) >= 0;
            at += escape ? 1 : 0;
            word.append(text.charAt(at++));
        }
        if (at == text.length()) {
            throw new IllegalArgumentException("\" is not closed");
        }
        at++;
    }

    private char escaped() {
        if (at == text.length()) {
            throw new IllegalArgumentException("nothing behind the last \\");
        }
        return text.charAt(at++);
    }
}
