package io.entrepot.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.AccessConfig.Group;
import io.entrepot.config.AccessConfig.Issuer;
import io.entrepot.config.AccessConfig.Keys;
import io.entrepot.config.AccessConfig.Right;
import io.entrepot.config.AuditConfig.Export;
import io.entrepot.config.AuditConfig.Export.Kind;
import io.entrepot.config.MirrorConfig.Admin;
import io.entrepot.config.MirrorConfig.Alias;
import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.config.MirrorConfig.Deadlines;
import io.entrepot.config.MirrorConfig.Drain;
import io.entrepot.config.MirrorConfig.Fills;
import io.entrepot.config.MirrorConfig.Limits;
import io.entrepot.config.MirrorConfig.Listen;
import io.entrepot.config.MirrorConfig.Log;
import io.entrepot.config.MirrorConfig.Scrub;
import io.entrepot.config.MirrorConfig.Storage;
import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.config.MirrorConfig.TagPattern.Mode;
import io.entrepot.config.MirrorConfig.Tls;
import io.entrepot.config.MirrorConfig.UnverifiedRanges;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.Glob;
import io.entrepot.oci.Registry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every key, set to something that is not its default, arrives in the record. */
class FullMappingTest {

    private static final Registry CORP = new Registry("registry.corp:5000");
    private static final Registry GHCR = new Registry("ghcr.io");
    private static final TagPattern EVERY = new TagPattern(
            "**", Mode.REVALIDATE, Duration.ofMinutes(5), Duration.ofHours(24), Duration.ofSeconds(1), false, false);

    @TempDir
    private Path files;

    @Test
    void everyKeyArrives() throws Exception {
        Path certificate = write("chain.pem", "-----BEGIN CERTIFICATE-----\n");
        Path key = write("key.pem", "-----BEGIN PRIVATE KEY-----\n");
        Path password = write("password", "s3cret \n");
        Path users = write("users", "alice:$2y$10$abc\n");
        Path nodes = write("nodes", "10.0.0.7 worker-1\n");
        Path names = write("names", "0123456789abcdef\n");
        String text = TEXT.replace("CERTIFICATE", certificate.toString())
                .replace("KEY", key.toString())
                .replace("PASSWORD", password.toString())
                .replace("NAMES", names.toString())
                .replace("USERS", users.toString())
                .replace("NODES", nodes.toString());

        MirrorConfig config = ConfigLoader.parse("mirror.yaml", text, Map.of("TOKEN", "t0ken", "IDENTITY", "1dentity"));

        assertThat(config).isEqualTo(expected(certificate, key, users, nodes));
    }

    private static final String TEXT = """
            listen:
              address: "::1"
              port: 443
              default-registry: GHCR.io
              hosts: { Docker.Mirror.corp: "registry.corp:5000" }
              trusted-proxies: [10.9.0.0/24, "fd01::/16"]
              tls: { certificate: CERTIFICATE, key: KEY }
            admin: { address: localhost, port: 0, token: "${env:TOKEN}", audit-token: "${file:PASSWORD}" }
            upstreams:
              registry.corp:5000:
                url: http://10.0.0.5:5000/
                auth: { username: robot, password: "${file:PASSWORD}" }
                clients: [10.1.0.0/16, "fd00::/8"]
                internal: true
                ca: CERTIFICATE
                redirect-hosts: [S3.corp, "10.0.0.6:9000"]
                token-hosts: [auth.corp]
                unverified-ranges: serve
                min-rate: 0
                connections: 8
                deadlines: { connect: 1s, headers: 2s, idle: 500ms }
                rate-limits:
                  reserve: { share: 20, repositories: ["registry.corp:5000/prod/**"], clients: [{ namespaces: [prod-*] }] }
                  stretch-below: 0
                  new-names: 10
                  rate: 5
                  burst: 6
                  at-once: 7
                  wait: 8s
              ghcr.io: { auth: { identity-token: "${env:IDENTITY}" }, shared: true }
            aliases: { harbor.corp/hub: ghcr.io/mirror, old: "registry.corp:5000" }
            tags:
              - { match: "ghcr.io/acme/*:v*", immutable: true, fresh: 1h }
              - { match: "**:dev", never: true }
              - { match: "**:latest", fresh: 0, stale: 7d, wait: 0s, stale-on-404: true, ask-by-get: true }
            access:
              client-ca: CERTIFICATE
              htpasswd: USERS
              issuers:
                - { issuer: "https://a", audience: [x, y], algorithms: [RS256, EdDSA], jwks: USERS }
                - { issuer: b, audience: [z], algorithms: [ES384], jwks: "https://b:8443/keys?v=1", ca: CERTIFICATE,
                    user: email, groups: roles }
              groups: { ops: { users: ["al*"], networks: [10.0.0.0/8] } }
              nodes: true
              tokens: { lifetime: 90s }
              rights:
                - repositories: ["ghcr.io/a/**", "ghcr.io/b"]
                  read:
                    - { users: [alice], groups: [a], networks: [10.1.0.0/16] }
                    - { namespaces: [prod], service-accounts: ["prod/*"] }
                - { repositories: ["**/secret"], read: [] }
            storage: { disk: { path: /cache, max-size: 200GB, min-free: 10GiB, scrub: { every: 0, rate: 1MiB } } }
            audit:
              path: /audit/log
              key: /secret/audit.key
              origin: audit.example/mirror-1
              durability: off
              on-failure: degrade
              segment-size: 64MiB
              max-size: 100GiB
              keep: 400d
              pseudonyms: "${file:NAMES}"
              pseudonymous-clients: true
              nodes: NODES
              teams:
                - { name: Web, namespaces: [web, "web-*"] }
                - { name: ops, namespaces: ["*"] }
              export:
                - { name: siem, syslog: "tls://siem.corp", ca: CERTIFICATE }
                - { name: lake, http: "http://lake.corp/in", internal: true, authorization: "${file:PASSWORD}", max-backlog: 5000 }
                - { name: lines, file: /var/log/audit.jsonl }
                - { name: out, stdout: true, max-backlog: unlimited }
              checkpoints:
                - { name: far, syslog: "tcp://log.corp" }
                - name: vault
                  bucket: { name: acme-audit, region: eu-central-1, lock: 400d, lock-mode: governance }
                  every: 30s
              witness:
                url: https://witness.corp/w
                key: witness.corp/w+23e49714+BATg7e0000000000000000000000000000000000000000=
                internal: true
              parquet:
                every: 10m
                bucket:
                  name: acme.audit
                  prefix: mirrors/m-1
                  region: garage
                  endpoint: https://minio.corp:9000/
                  style: path
                  keys: { access-key-id: AKID, secret-access-key: "${file:PASSWORD}" }
                  ca: CERTIFICATE
                  internal: true
            fills: { abandoned-budget: 0, per-upstream: 1, ranges: 2, resumes: 9, waiters: 10, relays: 11, upstream-waiters: 12 }
            limits:
              connections: 5
              connections-per-client: 4
              header-size: 16KiB
              header-fields: 33
              request-line: 2KiB
              handshake-timeout: 4s
              header-timeout: 1s
              idle-timeout: 2s
              write-timeout: 3s
              min-rate: 2KiB
              min-rate-window: 7s
              open-files: 50
              reserved-files: 12
              direct-memory: 60
            drain: { delay: 0s, grace: 1m }
            log: { format: text, level: debug, requests: true }
            """;

    private static MirrorConfig expected(Path certificate, Path key, Path users, Path nodes) {
        Duration second = Duration.ofSeconds(1);
        return new MirrorConfig(
                new Listen(
                        "::1",
                        443,
                        Optional.of(GHCR),
                        Map.of("docker.mirror.corp", CORP),
                        List.of(Network.parse("10.9.0.0/24"), Network.parse("fd01::/16")),
                        Optional.of(new Tls(certificate, key))),
                new Admin("localhost", 0, Optional.of(new Secret("t0ken")), Optional.of(new Secret("s3cret "))),
                Map.of(CORP, corp(certificate), GHCR, ghcr()),
                List.of(),
                Optional.empty(),
                List.of(new Alias("harbor.corp/hub", "ghcr.io/mirror"), new Alias("old", "registry.corp:5000")),
                List.of(
                        new TagPattern(
                                "ghcr.io/acme/*:v*",
                                Mode.IMMUTABLE,
                                Duration.ofHours(1),
                                EVERY.stale(),
                                EVERY.maxWait(),
                                false,
                                false),
                        new TagPattern(
                                "**:dev", Mode.NEVER, EVERY.fresh(), EVERY.stale(), EVERY.maxWait(), false, false),
                        new TagPattern(
                                "**:latest",
                                Mode.REVALIDATE,
                                Duration.ZERO,
                                Duration.ofDays(7),
                                Duration.ZERO,
                                true,
                                true),
                        EVERY),
                PolicyConfig.NONE,
                access(certificate, users),
                new Storage(Path.of("/cache"), 200_000_000_000L, 10L << 30, new Scrub(Duration.ZERO, 1 << 20)),
                new AuditConfig(
                        Path.of("/audit/log"),
                        Path.of("/secret/audit.key"),
                        "audit.example/mirror-1",
                        AuditConfig.Durability.OFF,
                        AuditConfig.OnFailure.DEGRADE,
                        64L << 20,
                        100L << 30,
                        Duration.ofDays(400),
                        Optional.of(new Secret("0123456789abcdef")),
                        true,
                        Optional.of(nodes),
                        List.of(
                                new Export(
                                        "siem",
                                        Kind.SYSLOG,
                                        "tls://siem.corp:6514",
                                        Optional.of(certificate),
                                        false,
                                        Optional.empty(),
                                        10_000_000),
                                new Export(
                                        "lake",
                                        Kind.HTTP,
                                        "http://lake.corp/in",
                                        Optional.empty(),
                                        true,
                                        Optional.of(new Secret("s3cret ")),
                                        5_000),
                                new Export(
                                        "lines",
                                        Kind.FILE,
                                        "/var/log/audit.jsonl",
                                        Optional.empty(),
                                        false,
                                        Optional.empty(),
                                        10_000_000),
                                new Export(
                                        "out",
                                        Kind.STDOUT,
                                        "",
                                        Optional.empty(),
                                        false,
                                        Optional.empty(),
                                        Long.MAX_VALUE)),
                        List.of(
                                new Export(
                                        "far",
                                        Kind.SYSLOG,
                                        "tcp://log.corp:601",
                                        Optional.empty(),
                                        false,
                                        Optional.empty(),
                                        Long.MAX_VALUE),
                                new Export(
                                        "vault",
                                        Kind.BUCKET,
                                        "acme-audit",
                                        Optional.empty(),
                                        false,
                                        Optional.empty(),
                                        Optional.of(new BucketConfig(
                                                "acme-audit",
                                                "",
                                                "eu-central-1",
                                                Optional.empty(),
                                                false,
                                                Optional.empty(),
                                                false,
                                                new AwsKeysFrom.Chain(),
                                                Duration.ofDays(400),
                                                BucketConfig.LockMode.GOVERNANCE)),
                                        Duration.ofSeconds(30),
                                        Long.MAX_VALUE)),
                        Optional.of(new AuditConfig.Witness(
                                URI.create("https://witness.corp/w"),
                                "witness.corp/w+23e49714+BATg7e0000000000000000000000000000000000000000=",
                                true)),
                        Optional.of(new AuditConfig.Parquet(
                                new BucketConfig(
                                        "acme.audit",
                                        "mirrors/m-1",
                                        "garage",
                                        Optional.of(URI.create("https://minio.corp:9000")),
                                        true,
                                        Optional.of(certificate),
                                        true,
                                        new AwsKeysFrom.Given("AKID", new Secret("s3cret "), Optional.empty()),
                                        Duration.ZERO,
                                        BucketConfig.LockMode.COMPLIANCE),
                                Duration.ofMinutes(10))),
                        List.of(
                                new AuditConfig.Team("Web", List.of("web", "web-*")),
                                new AuditConfig.Team("ops", List.of("*")))),
                new Fills(0, 1, 2, 9, 10, 11, 12),
                new Limits(
                        5,
                        4,
                        16 << 10,
                        33,
                        2 << 10,
                        Duration.ofSeconds(4),
                        second,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(3),
                        2 << 10,
                        Duration.ofSeconds(7),
                        50,
                        12,
                        60),
                new Drain(Duration.ZERO, Duration.ofMinutes(1)),
                new Log(Log.Format.TEXT, Log.Level.DEBUG, true));
    }

    private static AccessConfig access(Path ca, Path users) {
        return new AccessConfig(
                Optional.of(ca),
                Optional.of(users),
                List.of(
                        new Issuer(
                                "https://a",
                                List.of("x", "y"),
                                List.of("RS256", "EdDSA"),
                                new Keys.InFile(users),
                                Optional.empty(),
                                "sub",
                                "groups"),
                        new Issuer(
                                "b",
                                List.of("z"),
                                List.of("ES384"),
                                new Keys.AtUrl(URI.create("https://b:8443/keys?v=1")),
                                Optional.of(ca),
                                "email",
                                "roles")),
                Map.of("ops", new Group(globs("al*"), List.of(Network.parse("10.0.0.0/8")))),
                true,
                Duration.ofSeconds(90),
                List.of(
                        new Right(
                                globs("ghcr.io/a/**", "ghcr.io/b"),
                                List.of(
                                        new AskerMatch(
                                                globs("alice"),
                                                globs("a"),
                                                List.of(Network.parse("10.1.0.0/16")),
                                                List.of(),
                                                List.of()),
                                        new AskerMatch(
                                                List.of(), List.of(), List.of(), globs("prod"), globs("prod/*")))),
                        new Right(globs("**/secret"), List.of())));
    }

    private static List<Glob> globs(String... patterns) {
        return Stream.of(patterns).map(Glob::new).toList();
    }

    private static UpstreamConfig corp(Path ca) {
        return new UpstreamConfig(
                CORP,
                CORP.name(),
                URI.create("http://10.0.0.5:5000"),
                new Credentials.Basic("robot", new Secret("s3cret ")),
                true,
                false,
                List.of(Network.parse("10.1.0.0/16"), Network.parse("fd00::/8")),
                Optional.of(ca),
                List.of("s3.corp", "10.0.0.6:9000"),
                List.of("auth.corp"),
                UnverifiedRanges.SERVE,
                0,
                8,
                new Deadlines(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofMillis(500)),
                new RateLimits(
                        new RateLimits.Reserve(
                                20,
                                globs("registry.corp:5000/prod/**"),
                                List.of(new AskerMatch(List.of(), List.of(), List.of(), globs("prod-*"), List.of()))),
                        0,
                        10,
                        new RateLimits.Pace(5, 6, 7, Duration.ofSeconds(8))),
                false,
                false,
                Reach.DIRECT);
    }

    private static UpstreamConfig ghcr() {
        return new UpstreamConfig(
                GHCR,
                GHCR.name(),
                URI.create("https://ghcr.io"),
                new Credentials.IdentityToken(new Secret("1dentity")),
                false,
                true,
                List.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                UnverifiedRanges.WAIT,
                1024,
                64,
                new Deadlines(Duration.ofSeconds(3), Duration.ofSeconds(10), Duration.ofSeconds(30)),
                new RateLimits(
                        RateLimits.Reserve.NONE, 50, 25, new RateLimits.Pace(20, 200, 32, Duration.ofSeconds(30))),
                false,
                false,
                Reach.DIRECT);
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(files.resolve(name), text);
    }
}
