package io.entrepot.loadtest;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** How a {@link FakeRegistry} asks who its clients are. */
public abstract sealed class Auth permits Auth.Open, Auth.Basic, TokenAuth {

    /** Nobody is asked. */
    public static Auth open() {
        return new Open();
    }

    /** HTTP basic authentication, as ECR and simple registries have it. */
    public static Auth basic(String user, String password) {
        return new Basic(user, password);
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
        private final String expected;

        Basic(String user, String password) {
            expected = basicValue(user, password);
        }

        @Override
        Optional<Reply> refuse(Request request, String repository, URI self) {
            if (request.headers().first("Authorization").orElse("").equals(expected)) {
                return Optional.empty();
            }
            return Optional.of(
                    Reply.error(401, "authentication required").with("WWW-Authenticate", "Basic realm=\"fake\""));
        }
    }
}
