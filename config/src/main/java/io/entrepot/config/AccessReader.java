package io.entrepot.config;

import io.entrepot.config.AccessConfig.Group;
import io.entrepot.config.AccessConfig.Issuer;
import io.entrepot.config.AccessConfig.Keys;
import io.entrepot.config.AccessConfig.Right;
import io.entrepot.oci.Glob;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads who asks, and which repositories are theirs. */
final class AccessReader {

    /** Each is bound to one kind of key; what needs a shared secret (HS256) or nothing at all (none) is not among them. */
    private static final List<String> ALGORITHMS =
            List.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA");

    private static final Duration LONGEST_TOKEN = Duration.ofMinutes(5);

    private final Section access;

    AccessReader(Section root) {
        this.access = root.section("access");
    }

    AccessConfig read() {
        AccessConfig config = new AccessConfig(
                access.file("client-ca", ReadableFile::certificates),
                access.file("htpasswd", AccessReader::readable),
                issuers(),
                groups(access.section("groups")),
                access.flag("nodes"),
                tokens(access.section("tokens")),
                rights());
        access.end();
        requireSomebody(config);
        return config;
    }

    private static Path readable(String file) {
        ReadableFile.text(file);
        return Path.of(file);
    }

    private static Duration tokens(Section section) {
        Duration lifetime = section.value("lifetime", LONGEST_TOKEN, AccessReader::lifetime);
        section.end();
        return lifetime;
    }

    private static Duration lifetime(String text) {
        Duration lifetime = Text.deadline(text);
        if (lifetime.compareTo(Duration.ofSeconds(60)) < 0 || lifetime.compareTo(LONGEST_TOKEN) > 0) {
            // what a token says must not outlive by much what is true; containerd takes none that is shorter
            throw new IllegalArgumentException(text + " (expected: 60s to 5m)");
        }
        return lifetime;
    }

    private List<Issuer> issuers() {
        List<Issuer> issuers = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Section section : access.sections("issuers")) {
            Issuer issuer = issuer(section);
            if (!issuer.issuer().isEmpty() && !names.add(issuer.issuer())) {
                section.problem("issuer", issuer.issuer() + " stands here already (expected: once)");
            }
            issuers.add(issuer);
        }
        return issuers;
    }

    private static Issuer issuer(Section section) {
        require(section, "issuer", "the iss of its tokens, to the letter");
        requireList(section, "audience", "who its tokens must be meant for, as in [entrepot]");
        requireList(section, "algorithms", "some of " + String.join(", ", ALGORITHMS));
        require(section, "jwks", "a file, or an https address");
        Keys keys = section.value("jwks", new Keys.InFile(Path.of("")), text -> keys(text, section.reading()));
        Issuer issuer = new Issuer(
                section.value("issuer", "", Text::notEmpty),
                section.list("audience", Text::notEmpty),
                section.list("algorithms", AccessReader::algorithm),
                keys,
                section.file("ca", ReadableFile::certificates),
                section.value("user", "sub", Text::notEmpty),
                section.value("groups", "groups", Text::notEmpty));
        section.end();
        if (issuer.ca().isPresent() && keys instanceof Keys.InFile) {
            section.problem("ca", "the keys are in a file (expected: jwks with an https address beside it)");
        }
        return issuer;
    }

    private static void require(Section section, String key, String expected) {
        if (!section.has(key)) {
            section.problem("no " + key + " (expected: " + expected + ")");
        }
    }

    private static void requireList(Section section, String key, String expected) {
        if (!section.has(key)
                || (!section.lists(key) && section.list(key, text -> text).isEmpty())) {
            section.problem("no " + key + " (expected: " + expected + ")");
        }
    }

    private static String algorithm(String text) {
        if (!ALGORITHMS.contains(text)) {
            throw new IllegalArgumentException(text + " (expected: one of " + String.join(", ", ALGORITHMS) + ")");
        }
        return text;
    }

    /** Plain HTTP would let anybody on the way name the keys. */
    private static Keys keys(String text, Reading reading) {
        if (!text.contains("://")) {
            return new Keys.InFile(reading.secrets().file(text, AccessReader::readable));
        }
        try {
            URI url = new URI(text);
            boolean plain = url.getRawUserInfo() == null && url.getRawFragment() == null && url.getHost() != null;
            if (plain && "https".equals(url.getScheme())) {
                return new Keys.AtUrl(url);
            }
        } catch (URISyntaxException e) {
            // said below
        }
        throw new IllegalArgumentException(
                (text.indexOf('@') >= 0 ? "no such address" : text) + " (expected: an https address, or a file)");
    }

    private static Map<String, Group> groups(Section section) {
        Map<String, Group> groups = new LinkedHashMap<>();
        for (String name : section.names()) {
            Section one = section.section(name);
            Group group = new Group(one.list("users", AskerReader::glob), one.list("networks", Network::parse));
            one.end();
            if (!one.lists("users") && !one.lists("networks")) {
                one.problem("nobody is in it (expected: users or networks)");
            }
            groups.put(name, group);
        }
        return groups;
    }

    private List<Right> rights() {
        List<Right> rights = new ArrayList<>();
        for (Section section : access.sections("rights")) {
            List<Glob> repositories = section.list("repositories", AskerReader::glob);
            if (!section.lists("repositories")) {
                section.problem("no repositories (expected: globs over registry/path, as in ghcr.io/acme/**)");
            }
            rights.add(new Right(repositories, AskerReader.each(section.sections("read"))));
            if (!section.has("read")) {
                section.problem("no read (expected: who may, as in [{ groups: [team-a] }], or [] for nobody)");
            }
            section.end();
        }
        return rights;
    }

    /** A right that only somebody known can have, where nobody can be known, is a slip. */
    private void requireSomebody(AccessConfig config) {
        boolean asked = config.rights().stream()
                .flatMap(right -> right.read().stream())
                .anyMatch(match -> !match.users().isEmpty()
                        || !match.namespaces().isEmpty()
                        || !match.serviceAccounts().isEmpty());
        boolean known = config.clientCa().isPresent()
                || config.htpasswd().isPresent()
                || !config.issuers().isEmpty()
                || config.nodes();
        if (asked && !known && !access.has("client-ca") && !access.has("htpasswd")) {
            access.problem(
                    "rights",
                    "nobody can prove who they are (expected: client-ca, htpasswd, issuers or nodes beside it)");
        }
    }
}
