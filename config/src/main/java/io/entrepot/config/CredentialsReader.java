package io.entrepot.config;

import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.oci.Glob;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads who we are to an upstream: {@code auth}, and under {@code credentials} another for some of its repositories. */
final class CredentialsReader {

    private static final String KINDS =
            " (expected: one of username, identity-token, docker-config, helper, exec, google, aws, azure)";

    private static final int MOST_CHOICES = 100;
    private static final Duration LONGEST_BELIEVED = Duration.ofDays(7);
    private static final Credentials.PassThrough CALLERS =
            new Credentials.PassThrough(Duration.ofMinutes(15), Duration.ofHours(1));

    private CredentialsReader() {}

    static Credentials read(Section upstream) {
        Credentials.PassThrough callers = callers(upstream.section("caller-rights"));
        Credentials all = read(upstream, callers);
        if (!all.passThrough() && !callers.equals(CALLERS)) {
            upstream.problem("caller-rights", "nothing is passed through (expected: auth: pass-through beside it)");
        }
        return all;
    }

    /** What an endpoint has, which has no callers' rights. */
    static Credentials readEndpoint(Section endpoint) {
        return read(endpoint, CALLERS);
    }

    private static Credentials read(Section upstream, Credentials.PassThrough callers) {
        Credentials otherwise = auth(upstream, callers);
        List<Credentials.Choice> choices = new ArrayList<>();
        for (Section each : upstream.sections("credentials")) {
            choices.add(choice(each, callers));
        }
        if (choices.size() > MOST_CHOICES) {
            upstream.problem("credentials", choices.size() + " (expected: at most " + MOST_CHOICES + ")");
        }
        return choices.isEmpty() ? otherwise : new Credentials.ByRepository(choices, otherwise);
    }

    private static Credentials.PassThrough callers(Section section) {
        Credentials.PassThrough callers = new Credentials.PassThrough(
                section.value("fresh", CALLERS.fresh(), CredentialsReader::bounded),
                section.value("stale", CALLERS.stale(), CredentialsReader::bounded));
        section.end();
        return callers;
    }

    private static Duration bounded(String text) {
        Duration time = Text.duration(text);
        if (time.compareTo(LONGEST_BELIEVED) > 0) {
            throw new IllegalArgumentException(text + " (expected: at most 7d)");
        }
        return time;
    }

    private static Credentials auth(Section parent, Credentials.PassThrough callers) {
        Optional<String> word = parent.word("auth");
        if (word.isEmpty()) {
            return auth(parent.section("auth"));
        }
        if (!word.get().equals(Credentials.PASS_THROUGH)) {
            parent.problem("auth", word.get() + " (expected: " + Credentials.PASS_THROUGH + ", or a mapping of keys)");
        }
        return callers;
    }

    /** Whether anything is written that logs us in, be it with mistakes; a choice that says nothing is meant to. */
    static boolean isLogin(Section upstream) {
        List<Section> all = upstream.lists("credentials") ? upstream.sections("credentials") : List.of();
        boolean others = upstream.word("auth").isPresent()
                || all.stream().anyMatch(choice -> choice.word("auth").isPresent());
        boolean choices = all.stream()
                .anyMatch(
                        choice -> others ? isOurs(choice) : choice.word("auth").isEmpty());
        return choices || isOurs(upstream);
    }

    private static boolean isOurs(Section parent) {
        if (parent.word("auth").isPresent()) {
            return false;
        }
        Section auth = parent.section("auth");
        return auth.lists("exec")
                || Stream.of("username", "password", "identity-token", "docker-config", "helper")
                        .anyMatch(auth::has)
                || Stream.of("from", "key-file").anyMatch(auth.section("google")::has)
                || Stream.of("from", "access-key-id", "profile", "credentials-file", "role-arn")
                        .anyMatch(auth.section("aws")::has)
                || Stream.of("from", "client-secret").anyMatch(auth.section("azure")::has);
    }

    private static Credentials.Choice choice(Section section, Credentials.PassThrough callers) {
        List<Glob> repositories = section.list("repositories", Glob::new);
        if (repositories.isEmpty()) {
            section.problem("repositories", "none (expected: patterns of repositories, as in [\"acme/**\"])");
        }
        Credentials credentials = auth(section, callers);
        section.end();
        return new Credentials.Choice(repositories, credentials);
    }

    private static Credentials auth(Section auth) {
        List<Credentials> found = new ArrayList<>();
        basic(auth).ifPresent(found::add);
        auth.secret("identity-token").ifPresent(token -> found.add(new Credentials.IdentityToken(token)));
        auth.file("docker-config", CredentialsReader::dockerConfig)
                .ifPresent(file -> found.add(new Credentials.DockerConfig(file)));
        auth.optional("helper", CredentialsReader::helper).ifPresent(name -> found.add(new Credentials.Helper(name)));
        exec(auth).ifPresent(found::add);
        google(auth.section("google")).ifPresent(found::add);
        aws(auth.section("aws")).ifPresent(found::add);
        azure(auth.section("azure")).ifPresent(found::add);
        if (auth.has("identity-token") && auth.has("username")) {
            auth.problem("identity-token", "stands beside username and password (expected: one of the two)");
        } else if (found.size() > 1) {
            auth.problem("several logins" + KINDS);
        }
        auth.end();
        return found.isEmpty() ? new Credentials.Anonymous() : found.get(0);
    }

    private static Optional<Credentials> basic(Section auth) {
        Optional<String> username = auth.optional("username", Text::notEmpty);
        Optional<Secret> password = auth.secret("password");
        if (auth.has("username") != auth.has("password")) {
            String alone = auth.has("username") ? "username" : "password";
            auth.problem(alone, "stands alone (expected: username and password, or identity-token)");
        }
        return username.flatMap(name -> password.map(secret -> new Credentials.Basic(name, secret)));
    }

    private static Path dockerConfig(String text) {
        ReadableFile.text(text);
        return Path.of(text);
    }

    /** A name that is looked up in PATH with docker-credential- before it, or the path of a program. */
    private static String helper(String text) {
        if (!text.matches("/.{1,4095}|[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
            throw new IllegalArgumentException(
                    text + " (expected: NAME for docker-credential-NAME, or the whole path of a program)");
        }
        return text;
    }

    private static Optional<Credentials> exec(Section auth) {
        List<String> command = auth.list("exec", text -> text);
        if (command.isEmpty()) {
            return Optional.empty();
        }
        if (!command.get(0).startsWith("/")) {
            auth.problem("exec", command.get(0) + " (expected: the whole path of a program, then its arguments)");
        }
        return Optional.of(new Credentials.Exec(command));
    }

    private static Optional<Credentials> google(Section section) {
        boolean metadata =
                section.optional("from", text -> only("metadata", text)).isPresent();
        String account = section.value("account", "default", CredentialsReader::account);
        Optional<Path> key = section.file("key-file", CredentialsReader::googleKey);
        if (metadata && key.isPresent()) {
            section.problem("key-file", "stands beside from: metadata (expected: one of the two)");
        }
        section.end();
        return metadata ? Optional.of(new Credentials.GoogleMetadata(account)) : key.map(Credentials.GoogleKey::new);
    }

    private static String account(String text) {
        if (!text.matches("[A-Za-z0-9@._-]{1,256}")) {
            throw new IllegalArgumentException(text + " (expected: default, or the email of a service account)");
        }
        return text;
    }

    private static Path googleKey(String text) {
        if (!ReadableFile.text(text).contains("private_key")) {
            throw new IllegalArgumentException(text + " has no private_key in it (expected: a service account's key)");
        }
        return Path.of(text);
    }

    private static String only(String expected, String text) {
        if (!text.equals(expected)) {
            throw new IllegalArgumentException(text + " (expected: " + expected + ")");
        }
        return text;
    }

    private static Optional<Credentials> aws(Section section) {
        Optional<AwsKeysFrom> keys = new AwsReader(section).read();
        Optional<String> region = section.optional("region", CredentialsReader::region);
        section.end();
        return keys.map(from -> new Credentials.Ecr(region, from));
    }

    private static String region(String text) {
        if (!text.matches("[a-z]{2}(-[a-z]{1,12}){1,3}-[0-9]{1,2}")) {
            throw new IllegalArgumentException(text + " (expected: a region, as in eu-central-1)");
        }
        return text;
    }

    private static Optional<Credentials> azure(Section section) {
        Optional<String> from = section.optional("from", CredentialsReader::azurePlace);
        Optional<String> tenant = section.optional("tenant", CredentialsReader::guidOrDomain);
        Optional<String> client = section.optional("client-id", CredentialsReader::guidOrDomain);
        Optional<Secret> secret = section.secret("client-secret");
        Optional<Path> token = section.optional("token-file", Text::path);
        section.end();
        if (from.isPresent() && secret.isPresent()) {
            section.problem("client-secret", "stands beside from (expected: one of the two)");
        }
        if (secret.isPresent() && (tenant.isEmpty() || client.isEmpty())) {
            section.problem("client-secret", "stands alone (expected: tenant, client-id and client-secret)");
        }
        if (from.isEmpty()
                && secret.isEmpty()
                && (section.has("tenant") || section.has("client-id") || section.has("token-file"))) {
            section.problem(
                    "says not how (expected: from: workload-identity, from: managed-identity, or client-secret)");
        }
        return from.<Credentials>map(place -> new Credentials.Azure(
                        place.equals("managed-identity")
                                ? new AzureIdentity.Managed(client)
                                : new AzureIdentity.Workload(tenant, client, token)))
                .or(() -> secret.map(value -> new Credentials.Azure(
                        new AzureIdentity.ClientSecret(tenant.orElse(""), client.orElse(""), value))));
    }

    private static String azurePlace(String text) {
        if (!text.equals("workload-identity") && !text.equals("managed-identity")) {
            throw new IllegalArgumentException(text + " (expected: workload-identity or managed-identity)");
        }
        return text;
    }

    private static String guidOrDomain(String text) {
        if (!text.matches("[A-Za-z0-9][A-Za-z0-9.-]{0,254}")) {
            throw new IllegalArgumentException(text + " (expected: an id, as in 00000000-0000-0000-0000-000000000000)");
        }
        return text;
    }
}
