package io.entrepot.server.upstream;

import io.entrepot.config.Secret;
import io.entrepot.server.login.Login;

/**
 * What a caller brought to be asked with, where an upstream is asked with that.
 *
 * @param id tells it from others, and says nothing of what it is; empty: they brought nothing
 */
public record Caller(String id, Login login) {

    /** Somebody who brought nothing, and sees what everybody may see. */
    public static final Caller NOBODY = new Caller("", new Login.Nobody());

    /** A user name and a password. */
    public static Caller of(String id, String username, Secret password) {
        return new Caller(id, new Login.Password(username, password));
    }

    /** An identity token. */
    public static Caller of(String id, Secret identityToken) {
        return new Caller(id, new Login.Identity(identityToken));
    }

    public boolean isNobody() {
        return id.isEmpty();
    }

    /** A secret. */
    @Override
    public String toString() {
        return "***";
    }
}
