package io.entrepot.loadtest;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Predicate;

/** How a {@link FakeRegistry} asks who its clients are. */
public abstract sealed class Auth permits Auth.Open, Auth.Basic, TokenAuth {

    /** Nobody is asked. */
    public static Auth open() {
        return new Open();
    }

    /** HTTP basic authentication, as ECR and simple registries have it. */
    public static Auth basic(String user, String password) {
        return new Basic(user, password::equals);
    }

    /** HTTP basic authentication with whatever password is good at the time, as those that are given out for hours. */
    public static Auth basic(String user, Predicate<String> passwords) {
        return new Basic(user, passwords);
    }

    /** The refusal of this request, or nothing if it may go on; {@code repository} is empty for the base path. */
    abstract Optional<Reply> refuse(Request request, String repository, URI self);

    static String basicValue(String user, String password) {
        byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    static final class Open extends Auth {
        @Override
        Optional<Reply> refuse(Request request, String repository, URI self) {
            return Optional.empty();
        }
    }

    static final class Basic extends Auth {
        private final String user;
        private final Predicate<String> passwords;

        Basic(String user, Predicate<String> passwords) {
            this.user = user;
            this.passwords = passwords;
        }

        private boolean isGood(String authorization) {
            if (!authorization.startsWith("Basic ")) {
                return false;
            }
            byte[] pair = Base64.getDecoder().decode(authorization.substring("Basic ".length()));
            String[] parts = new String(pair, StandardCharsets.UTF_8).split(":", 2);
            return parts[0].equals(user) && parts.length == 2 && passwords.test(parts[1]);
        }

        @Override
        Optional<Reply> refuse(Request request, String repository, URI self) {
            if (isGood(request.headers().first("Authorization").orElse(""))) {
                return Optional.empty();
            }
            return Optional.of(
                    Reply.error(401, "authentication required").with("WWW-Authenticate", "Basic realm=\"fake\""));
        }
    }
}
