package io.entrepot.server.aws;

/** There are no keys, and why; the message is for people and holds nothing secret. */
public final class NoAwsKeys extends RuntimeException {

    NoAwsKeys(String message) {
        super(message, null, false, false);
    }
}
