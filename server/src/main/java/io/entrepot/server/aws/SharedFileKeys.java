package io.entrepot.server.aws;

import io.entrepot.config.AwsKeysFrom;
import io.entrepot.config.Secret;
import io.entrepot.server.aws.Profiles.Profile;
import io.entrepot.server.net.Lease;
import io.entrepot.server.net.Machine;
import io.entrepot.server.net.SmallFile;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Keys by a profile of the shared files, which are read again while they are used so that a change is seen: those that stand
 * there, those of a role that the keys of another profile may assume, or those that a program says.
 */
final class SharedFileKeys implements KeySource {

    static final Duration SEEN_AFTER = Duration.ofSeconds(5);

    /** What leads to keys and is not read: whoever has it in a profile is told so, and not taken for somebody else. */
    private static final List<String> NOT_READ =
            List.of("sso_session", "sso_start_url", "sso_account_id", "credential_source", "web_identity_token_file");

    private final AwsKeysFrom.SharedFile from;
    private final Sts sts;
    private final Machine machine;

    SharedFileKeys(AwsKeysFrom.SharedFile from, Sts sts, Machine machine) {
        this.from = from;
        this.sts = sts;
        this.machine = machine;
    }

    @Override
    public boolean isMeant() {
        return isProfileNamed() || credentials().isPresent() || configuration().isPresent();
    }

    private boolean isProfileNamed() {
        return from.profile().isPresent() || !machine.variable("AWS_PROFILE").isEmpty();
    }

    /** Whether somebody says that the credentials file is there. */
    private boolean isNamed() {
        return from.path().isPresent()
                || !machine.variable("AWS_SHARED_CREDENTIALS_FILE").isEmpty();
    }

    @Override
    public CompletableFuture<Optional<Lease<AwsKeys>>> fetch() {
        return text(credentials(), isNamed())
                .thenCombine(text(configuration(), false), Profiles::of)
                .thenCompose(profiles -> profiles.find(profile())
                        .map(profile -> keys(profiles, profile, List.of()))
                        .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty())))
                .thenApply(this::unlessNamed);
    }

    /** Whoever names a profile does not want to be somebody else where it has no keys. */
    private Optional<Lease<AwsKeys>> unlessNamed(Optional<Lease<AwsKeys>> found) {
        if (found.isEmpty() && isProfileNamed()) {
            throw new NoAwsKeys("no AWS keys (expected: " + expected() + ")");
        }
        return found;
    }

    private CompletableFuture<String> text(Optional<Path> file, boolean needed) {
        return file.map(path -> SmallFile.text(path, machine.blocking())
                        .exceptionallyCompose(failure -> needed || !isAbsent(failure)
                                ? CompletableFuture.failedFuture(failure)
                                : CompletableFuture.completedFuture("")))
                .orElseGet(() -> CompletableFuture.completedFuture(""));
    }

    private static boolean isAbsent(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof UncheckedIOException file && file.getCause() instanceof NoSuchFileException;
    }

    private Optional<Path> credentials() {
        return from.path().or(() -> named("AWS_SHARED_CREDENTIALS_FILE", "credentials"));
    }

    private Optional<Path> configuration() {
        return named("AWS_CONFIG_FILE", "config");
    }

    /** What a variable names, else the file in the home, if there is one. */
    private Optional<Path> named(String variable, String file) {
        String named = machine.variable(variable);
        String home = machine.variable("HOME");
        return named.isEmpty()
                ? Optional.of(home).filter(known -> !known.isEmpty()).map(known -> Path.of(known, ".aws", file))
                : Optional.of(Path.of(named));
    }

    private String profile() {
        String named = machine.variable("AWS_PROFILE");
        return from.profile().orElse(named.isEmpty() ? "default" : named);
    }

    /** @param through the profiles whose roles are assumed with these keys, the last one last */
    private CompletableFuture<Optional<Lease<AwsKeys>>> keys(Profiles profiles, Profile profile, List<String> through) {
        boolean own = through.contains(profile.name());
        if (profile.has("role_arn") && !own) {
            return role(profiles, profile, through);
        }
        if (profile.has("aws_access_key_id") && profile.has("aws_secret_access_key")) {
            return CompletableFuture.completedFuture(Optional.of(new Lease<>(written(profile), SEEN_AFTER)));
        }
        if (profile.has("credential_process")) {
            return process(profile);
        }
        NOT_READ.stream().filter(profile::has).findFirst().ifPresent(key -> {
            throw new NoAwsKeys(profile + ": " + key
                    + " is not supported (expected: keys, source_profile with role_arn, or credential_process)");
        });
        return CompletableFuture.completedFuture(Optional.empty());
    }

    private static AwsKeys written(Profile profile) {
        return new AwsKeys(
                profile.get("aws_access_key_id"),
                new Secret(profile.get("aws_secret_access_key")),
                Optional.of(profile.get("aws_session_token"))
                        .filter(token -> !token.isEmpty())
                        .map(Secret::new));
    }

    private CompletableFuture<Optional<Lease<AwsKeys>>> process(Profile profile) {
        return new ProcessKeys(profile.name(), profile.get("credential_process"), machine)
                .fetch()
                .thenApply(Optional::of);
    }

    private CompletableFuture<Optional<Lease<AwsKeys>>> role(Profiles profiles, Profile profile, List<String> through) {
        List<String> further = new ArrayList<>(through);
        further.add(profile.name());
        Profile source = source(profiles, profile, through);
        return keys(profiles, source, further)
                .thenCompose(keys -> sts.assume(
                        profile.get("role_arn"),
                        profile.get("role_session_name"),
                        conditions(profile),
                        keys.orElseThrow(() -> new NoAwsKeys(source + " has no keys (expected: by " + profile + ")"))
                                .value()))
                .thenApply(Optional::of);
    }

    /** A role may be assumed with the keys that stand in its own profile; else nothing leads back to where it came from. */
    private static Profile source(Profiles profiles, Profile profile, List<String> through) {
        String name = profile.get("source_profile");
        if (name.isEmpty() || profile.has("mfa_serial")) {
            throw new NoAwsKeys(profile + ": role_arn "
                    + (name.isEmpty() ? "without source_profile is" : "with mfa_serial is")
                    + " not supported (expected: a source_profile whose keys suffice)");
        }
        if (through.contains(name)) {
            throw new NoAwsKeys(profile + ": its source_profile leads back to it");
        }
        return profiles.find(name)
                .orElseThrow(() -> new NoAwsKeys(profile + ": its source_profile " + name + " is in neither file"));
    }

    private static Map<String, String> conditions(Profile profile) {
        Map<String, String> conditions = new LinkedHashMap<>();
        if (profile.has("external_id")) {
            conditions.put("ExternalId", profile.get("external_id"));
        }
        if (profile.has("duration_seconds")) {
            conditions.put("DurationSeconds", profile.get("duration_seconds"));
        }
        return conditions;
    }

    @Override
    public String expected() {
        String files = Stream.of(credentials(), configuration())
                .flatMap(Optional::stream)
                .map(Path::toString)
                .collect(Collectors.joining(" or "));
        return "keys of profile " + profile() + " in " + (files.isEmpty() ? "AWS_SHARED_CREDENTIALS_FILE" : files);
    }
}
