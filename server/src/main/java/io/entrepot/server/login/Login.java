package io.entrepot.server.login;

import io.entrepot.config.Secret;

/** What we have to show to a registry, now. Two are equal if they show the same. */
public sealed interface Login {

    /** Nothing. */
    record Nobody() implements Login {}

    /** A name, and a password or what is used as one. */
    record Password(String username, Secret password) implements Login {}

    /** A refresh token, which a token server changes into others. */
    record Identity(Secret token) implements Login {}
}
