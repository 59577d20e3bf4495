package io.entrepot.server.access;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;

/** What the header {@code Authorization} carries (RFC 7617, RFC 6750). A secret: as text it is nothing. */
sealed interface Authorization {

    /** A user and a password; whoever has a JWT and no other place for it sends it as the password. */
    record Basic(String user, String password) implements Authorization {

        private static final int LONGEST = 8 * 1024;

        public Basic {
            if (user.isEmpty() || user.length() > 256 || password.length() > LONGEST || password.indexOf(0) >= 0) {
                throw new NotProven("the user name or the password cannot be one");
            }
        }

        @Override
        public String toString() {
            return "***";
        }
    }

    /** A token. */
    record Bearer(String token) implements Authorization {

        private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/=-]{1,16384}");

        public Bearer {
            if (!TOKEN.matcher(token).matches()) {
                throw new NotProven("the token cannot be one");
            }
        }

        @Override
        public String toString() {
            return "***";
        }
    }

    /** The header as a value of one of the two schemes. @throws NotProven if it is neither */
    static Authorization parse(String header) {
        int space = header.indexOf(' ');
        String scheme = (space < 0 ? header : header.substring(0, space)).toLowerCase(Locale.ROOT);
        String value = space < 0 ? "" : header.substring(space + 1).strip();
        return switch (scheme) {
            case "basic" -> basic(value);
            case "bearer" -> new Bearer(value);
            default ->
                throw new NotProven("Authorization is of a kind that is not known here (expected: Basic or Bearer)");
        };
    }

    private static Basic basic(String value) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Base64.getDecoder().decode(value)))
                    .toString();
            int colon = text.indexOf(':');
            if (colon > 0) {
                return new Basic(text.substring(0, colon), text.substring(colon + 1));
            }
        } catch (IllegalArgumentException | CharacterCodingException e) {
            // said below
        }
        throw new NotProven("Authorization cannot be read (expected: user:password in base64)");
    }
}
