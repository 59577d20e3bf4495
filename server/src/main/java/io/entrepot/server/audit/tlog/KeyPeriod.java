package io.entrepot.server.audit.tlog;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/** A key that signs the log, or did: since when, and until when, if that is settled. */
public record KeyPeriod(VerifierKey key, Instant since, Instant until) {

    /** Until further notice. */
    static final Instant OPEN = Instant.MAX;

    /** When it stops to sign; empty: not yet settled. */
    public Optional<Instant> end() {
        return until.equals(OPEN) ? Optional.empty() : Optional.of(until);
    }

    boolean signsAt(Instant now) {
        return now.isBefore(until);
    }

    static Instant until(String word) {
        return word.equals("-") ? OPEN : Instant.parse(word);
    }

    String times() {
        return since + " " + (until.equals(OPEN) ? "-" : until.toString());
    }

    /** From its line: verifier key, since, until or {@code -}; @throws IllegalArgumentException if it is none. */
    static KeyPeriod parse(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != 3) {
            throw new IllegalArgumentException("key: " + Bytes.shown(line) + " (expected: key, since, until or -)");
        }
        try {
            return new KeyPeriod(VerifierKey.parse(words[0]), Instant.parse(words[1]), until(words[2]));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("key: " + Bytes.shown(line) + " (expected: key, since, until or -)", e);
        }
    }

    @Override
    public String toString() {
        return key + " " + times();
    }
}
