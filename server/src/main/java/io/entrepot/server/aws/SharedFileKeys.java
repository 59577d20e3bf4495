package io.entrepot.server.aws;

import io.entrepot.config.AwsKeysFrom;
import io.entrepot.config.Secret;
import io.entrepot.server.net.Lease;
import io.entrepot.server.net.Machine;
import io.entrepot.server.net.SmallFile;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Keys of a profile in a shared credentials file, read again while it is used so that a change is seen:
 *
 * <pre>
 *   [default]
 *   aws_access_key_id = AKIA…
 *   aws_secret_access_key = …
 *   aws_session_token = …        ; of temporary keys
 * </pre>
 */
final class SharedFileKeys implements KeySource {

    static final Duration SEEN_AFTER = Duration.ofSeconds(5);

    private final AwsKeysFrom.SharedFile from;
    private final Machine machine;

    SharedFileKeys(AwsKeysFrom.SharedFile from, Machine machine) {
        this.from = from;
        this.machine = machine;
    }

    @Override
    public boolean isMeant() {
        return isNamed() || !machine.variable("HOME").isEmpty();
    }

    private boolean isNamed() {
        return from.path().isPresent()
                || from.profile().isPresent()
                || !machine.variable("AWS_SHARED_CREDENTIALS_FILE").isEmpty()
                || !machine.variable("AWS_PROFILE").isEmpty();
    }

    @Override
    public CompletableFuture<Optional<Lease<AwsKeys>>> fetch() {
        return SmallFile.text(path(), machine.blocking())
                .thenApply(text -> keys(profile(text)).map(keys -> new Lease<>(keys, SEEN_AFTER)))
                .exceptionallyCompose(this::missing);
    }

    /** A file that nobody named need not be there. */
    private CompletableFuture<Optional<Lease<AwsKeys>>> missing(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        boolean absent = cause instanceof UncheckedIOException file && file.getCause() instanceof NoSuchFileException;
        return absent && !isNamed()
                ? CompletableFuture.completedFuture(Optional.empty())
                : CompletableFuture.failedFuture(failure);
    }

    private Path path() {
        return from.path().orElseGet(() -> {
            String named = machine.variable("AWS_SHARED_CREDENTIALS_FILE");
            return named.isEmpty() ? Path.of(machine.variable("HOME"), ".aws", "credentials") : Path.of(named);
        });
    }

    private String profile() {
        String named = machine.variable("AWS_PROFILE");
        return from.profile().orElse(named.isEmpty() ? "default" : named);
    }

    private static Optional<AwsKeys> keys(Map<String, String> values) {
        String id = values.getOrDefault("aws_access_key_id", "");
        String secret = values.getOrDefault("aws_secret_access_key", "");
        Optional<Secret> session =
                Optional.ofNullable(values.get("aws_session_token")).map(Secret::new);
        return id.isEmpty() || secret.isEmpty()
                ? Optional.empty()
                : Optional.of(new AwsKeys(id, new Secret(secret), session));
    }

    private Map<String, String> profile(String text) {
        Map<String, String> values = new HashMap<>();
        boolean ours = false;
        for (String line : text.split("\\R", -1)) {
            String bare = line.strip();
            int equals = bare.indexOf('=');
            if (bare.startsWith("[") && bare.endsWith("]")) {
                ours = bare.substring(1, bare.length() - 1).strip().equals(profile());
            } else if (ours && equals > 0 && !bare.startsWith("#") && !bare.startsWith(";")) {
                values.put(
                        bare.substring(0, equals).strip(),
                        bare.substring(equals + 1).strip());
            }
        }
        return values;
    }

    @Override
    public String expected() {
        return "aws_access_key_id and aws_secret_access_key of profile " + profile() + " in " + path();
    }
}
