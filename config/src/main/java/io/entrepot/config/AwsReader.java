package io.entrepot.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads where keys for Amazon's services come from; empty if nothing says so. */
final class AwsReader {

    private final Section section;

    AwsReader(Section section) {
        this.section = section;
    }

    /** Reads the keys of the section that are about keys; the others and its end are the caller's. */
    Optional<AwsKeysFrom> read() {
        List<AwsKeysFrom> found = new ArrayList<>();
        section.optional("from", AwsReader::place).ifPresent(found::add);
        given().ifPresent(found::add);
        sharedFile().ifPresent(found::add);
        webIdentity().ifPresent(found::add);
        if (found.size() > 1) {
            section.problem("names several places where keys are (expected: one of from, access-key-id,"
                    + " credentials-file or profile, role-arn)");
        }
        return found.stream().findFirst();
    }

    private static AwsKeysFrom place(String text) {
        return switch (text) {
            case "chain" -> new AwsKeysFrom.Chain();
            case "environment" -> new AwsKeysFrom.Environment();
            case "file" -> new AwsKeysFrom.SharedFile(Optional.empty(), Optional.empty());
            case "web-identity" -> new AwsKeysFrom.WebIdentity(Optional.empty(), Optional.empty());
            case "container" -> new AwsKeysFrom.Container();
            case "instance" -> new AwsKeysFrom.Instance();
            default ->
                throw new IllegalArgumentException(
                        text + " (expected: chain, environment, file, web-identity, container or instance)");
        };
    }

    private Optional<AwsKeysFrom> given() {
        Optional<String> id = section.optional("access-key-id", Text::notEmpty);
        Optional<Secret> secret = section.secret("secret-access-key");
        Optional<Secret> session = section.secret("session-token");
        together("access-key-id", "secret-access-key");
        return id.flatMap(name -> secret.map(key -> new AwsKeysFrom.Given(name, key, session)));
    }

    private Optional<AwsKeysFrom> sharedFile() {
        Optional<Path> file = section.optional("credentials-file", Text::path);
        Optional<String> profile = section.optional("profile", Text::notEmpty);
        return file.isPresent() || profile.isPresent()
                ? Optional.of(new AwsKeysFrom.SharedFile(file, profile))
                : Optional.empty();
    }

    private Optional<AwsKeysFrom> webIdentity() {
        Optional<String> role = section.optional("role-arn", AwsReader::role);
        Optional<Path> token = section.optional("web-identity-token-file", Text::path);
        together("role-arn", "web-identity-token-file");
        return role.isPresent() && token.isPresent()
                ? Optional.of(new AwsKeysFrom.WebIdentity(role, token))
                : Optional.empty();
    }

    private static String role(String text) {
        if (!text.matches("arn:aws[a-z-]*:iam::[0-9]{12}:role/.{1,512}")) {
            throw new IllegalArgumentException(text + " (expected: arn:aws:iam::ACCOUNT:role/NAME)");
        }
        return text;
    }

    private void together(String one, String other) {
        if (section.has(one) != section.has(other)) {
            section.problem(section.has(one) ? one : other, "stands alone (expected: " + one + " and " + other + ")");
        }
    }
}
