package io.entrepot.config;

import io.entrepot.oci.Glob;
import io.entrepot.oci.Registry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Everything that a configuration file says, with the defaults of what it does not say.
 *
 * @param proxy what connections go through to what is neither an upstream nor inside; upstreams have it in their reach
 */
public record MirrorConfig(
        Listen listen,
        Admin admin,
        Map<Registry, UpstreamConfig> upstreams,
        List<UpstreamPattern> upstreamPatterns,
        Optional<HttpProxy> proxy,
        List<Alias> aliases,
        List<TagPattern> tags,
        PolicyConfig policy,
        AccessConfig access,
        Storage storage,
        AuditConfig audit,
        Fills fills,
        Limits limits,
        Drain drain,
        Log log) {

    public MirrorConfig {
        upstreams = Map.copyOf(upstreams);
        upstreamPatterns = List.copyOf(upstreamPatterns);
        aliases = List.copyOf(aliases);
        tags = List.copyOf(tags);
    }

    /**
     * Whether anything is for some alone to read: a repository by {@code access.rights}, an upstream by its {@code clients},
     * or by what it lets its callers read.
     */
    public boolean restrictsReading() {
        return !access.rights().isEmpty() || anyUpstream(each -> !each.clients().isEmpty()) || passesThrough();
    }

    /** Whether callers are to bring what an upstream is asked with. */
    public boolean passesThrough() {
        return anyUpstream(each -> each.credentials().passThrough());
    }

    private boolean anyUpstream(Predicate<UpstreamConfig> property) {
        return Stream.concat(
                        upstreams.values().stream(), upstreamPatterns.stream().map(UpstreamPattern::template))
                .anyMatch(property);
    }

    /**
     * The data port. {@code hosts} maps {@code Host} names to registries; {@code defaultRegistry} is for requests that name
     * none; what {@code trustedProxies} say about who stands behind them is believed.
     */
    public record Listen(
            String address,
            int port,
            Optional<Registry> defaultRegistry,
            Map<String, Registry> hosts,
            List<Network> trustedProxies,
            Optional<Tls> tls) {
        public Listen {
            hosts = Map.copyOf(hosts);
            trustedProxies = List.copyOf(trustedProxies);
        }
    }

    /** Certificate chain and key, PEM; both are read again when they change. */
    public record Tls(Path certificate, Path key) {}

    /**
     * The admin port; {@code token} is needed over TCP for what changes or discloses anything, and {@code auditToken} is
     * enough for what is asked of the audit log.
     */
    public record Admin(String address, int port, Optional<Secret> token, Optional<Secret> auditToken) {}

    /** An old name and what it means now: {@code harbor.corp/dockerhub} → {@code docker.io}. Both are registry[/path] prefixes. */
    public record Alias(String from, String to) {}

    /**
     * How long a tag is believed; the first pattern that matches holds.
     *
     * @param match registry/path:tag as a glob, {@code *} one segment, {@code **} any number
     * @param mode how the tag behaves
     * @param fresh for this long nobody is asked
     * @param stale for this long after {@code fresh} the record is served if the upstream cannot be asked
     * @param maxWait a record past {@code fresh} is answered after at most this long; zero: at once, refreshed behind
     * @param staleOnNotFound whether a 404 of the upstream counts as "cannot be asked"
     * @param askByGet whether the upstream is asked by GET, because its HEAD does not say what a tag means
     */
    public record TagPattern(
            String match,
            Mode mode,
            Duration fresh,
            Duration stale,
            Duration maxWait,
            boolean staleOnNotFound,
            boolean askByGet) {

        /** {@code REVALIDATE}: by fresh and stale. {@code IMMUTABLE}: as first seen. {@code NEVER}: no record is kept. */
        public enum Mode {
            REVALIDATE,
            IMMUTABLE,
            NEVER
        }
    }

    /** The disk store. {@code maxSize} and the watermarks are in bytes. Below {@code minFree} on the volume blobs are evicted. */
    public record Storage(Path path, long maxSize, long minFree, Scrub scrub) {}

    /** The whole store is read once in {@code every}, at no more than {@code rate}. Zero duration: off. */
    public record Scrub(Duration every, long rate) {}

    /**
     * Bounds on downloads in progress.
     *
     * @param abandonedBudget bytes that fills without a reader may have left to fetch, all together, before the ones with most left are stopped
     * @param perUpstream fills in flight for one upstream; more wait
     * @param ranges range requests in flight for one fill, where {@code unverified-ranges: serve}
     * @param resumes how often a broken transfer is resumed before the fill fails
     * @param waiters clients of one fill; more are refused
     * @param upstreamWaiters clients that wait for an answer of one upstream; more are refused, or get a stale tag
     * @param relays transfers that pass through without being kept; more are refused, or wait if they have begun
     */
    public record Fills(
            long abandonedBudget,
            int perUpstream,
            int ranges,
            int resumes,
            int waiters,
            int relays,
            int upstreamWaiters) {}

    /**
     * Bounds on clients of the data port.
     *
     * @param connections open at the same time
     * @param connectionsPerClient of one address; behind a trusted proxy also requests in flight
     * @param headerSize of the whole head of a request
     * @param headerFields in a request
     * @param requestLine its bytes
     * @param minRate bytes a second that a client must read, over {@code minRateWindow} of being sent to; 0: none
     * @param openFiles percent of the process's file descriptors from which on no connection is accepted
     * @param reservedFiles file descriptors that no client gets
     * @param directMemory percent of the direct memory from which on requests are refused
     */
    public record Limits(
            int connections,
            int connectionsPerClient,
            int headerSize,
            int headerFields,
            int requestLine,
            Duration handshakeTimeout,
            Duration headerTimeout,
            Duration idleTimeout,
            Duration writeTimeout,
            long minRate,
            Duration minRateWindow,
            int openFiles,
            int reservedFiles,
            int directMemory) {}

    /** On SIGTERM: not ready for {@code delay}, then no new connections, then up to {@code grace} for what is in flight. */
    public record Drain(Duration delay, Duration grace) {}

    /** The log on standard output. {@code requests}: one line for each request. */
    public record Log(Format format, Level level, boolean requests) {

        public enum Format {
            JSON,
            TEXT
        }

        public enum Level {
            ERROR,
            WARN,
            INFO,
            DEBUG
        }
    }

    /**
     * One upstream.
     *
     * @param key the key that it stands under: its name, or a pattern that it matches
     * @param url where it is; https unless {@code internal}
     * @param internal plain HTTP and private or loopback addresses are meant
     * @param shared what our login can read is everybody's
     * @param clients else: networks (CIDR) whose clients may read what our login can read
     * @param ca a PEM file of certificates trusted beside the JDK's, for this upstream only
     * @param redirectHosts hosts that an internal upstream may redirect to (host or host:port)
     * @param tokenHosts hosts that may be its token server beside its own host
     * @param offline nobody is contacted: what is held is served, and nothing else
     * @param observe what is asked of it is written down, for {@code entrepot upstreams --discovered}
     * @param reach which of its endpoints this is, and what there is beside it
     */
    public record UpstreamConfig(
            Registry registry,
            String key,
            URI url,
            Credentials credentials,
            boolean internal,
            boolean shared,
            List<Network> clients,
            Optional<Path> ca,
            List<String> redirectHosts,
            List<String> tokenHosts,
            UnverifiedRanges unverifiedRanges,
            long minRate,
            int connections,
            Deadlines deadlines,
            RateLimits rateLimits,
            boolean offline,
            boolean observe,
            Reach reach) {
        public UpstreamConfig {
            clients = List.copyOf(clients);
            redirectHosts = List.copyOf(redirectHosts);
            tokenHosts = List.copyOf(tokenHosts);
        }

        /** Its endpoints, in the order in which they are asked: itself first. */
        public List<UpstreamConfig> endpoints() {
            return Stream.concat(Stream.of(this), reach.others().stream()).toList();
        }

        UpstreamConfig by(Reach other) {
            return new UpstreamConfig(
                    registry,
                    key,
                    url,
                    credentials,
                    internal,
                    shared,
                    clients,
                    ca,
                    redirectHosts,
                    tokenHosts,
                    unverifiedRanges,
                    minRate,
                    connections,
                    deadlines,
                    rateLimits,
                    offline,
                    observe,
                    other);
        }
    }

    /** Deadlines on progress: to connect (TLS included), to the headers of an answer, between two reads of a body. */
    public record Deadlines(Duration connect, Duration headers, Duration idle) {}

    /** Whether ranges far beyond the verified prefix are fetched and given out unverified. */
    public enum UnverifiedRanges {
        WAIT,
        SERVE
    }

    /** Who we are to an upstream. */
    public sealed interface Credentials {

        /** How the file names those of the caller. */
        String PASS_THROUGH = "pass-through";

        /** Nobody. */
        record Anonymous() implements Credentials {}

        /** A user name and password (or access token used as one). */
        record Basic(String username, Secret password) implements Credentials {}

        /** An identity (refresh) token for the OAuth2 form of the token flow. */
        record IdentityToken(Secret token) implements Credentials {}

        /** What a Docker {@code config.json} says of the registry: auths, credHelpers, credsStore. */
        record DockerConfig(Path file) implements Credentials {}

        /** What a program says that speaks Docker's protocol: {@code NAME} for {@code docker-credential-NAME}, or a path. */
        record Helper(String program) implements Credentials {}

        /** What a program says that speaks the kubelet's protocol (CredentialProviderRequest); path, then arguments. */
        record Exec(List<String> command) implements Credentials {
            public Exec {
                command = List.copyOf(command);
            }
        }

        /** Access tokens for the key of a Google service account. */
        record GoogleKey(Path file) implements Credentials {}

        /** Access tokens of a service account from Google's metadata server. */
        record GoogleMetadata(String account) implements Credentials {}

        /** Passwords of ECR; the region is that of the registry's name if empty. */
        record Ecr(Optional<String> region, AwsKeysFrom keys) implements Credentials {}

        /** Refresh tokens of an Azure registry, for a token of Entra ID. */
        record Azure(AzureIdentity identity) implements Credentials {}

        /**
         * Whatever the caller brings: the upstream is asked with it, and shows what they may read.
         *
         * @param fresh so long a right that was shown is not asked for again
         * @param stale and so long after that it holds where the upstream cannot be asked
         */
        record PassThrough(Duration fresh, Duration stale) implements Credentials {}

        /** Another for some repositories: the first choice that has a pattern for its path. */
        record ByRepository(List<Choice> choices, Credentials otherwise) implements Credentials {
            public ByRepository {
                choices = List.copyOf(choices);
            }
        }

        /** Patterns of repositories (paths in the registry), and who we are there. */
        record Choice(List<Glob> repositories, Credentials credentials) {
            public Choice {
                repositories = List.copyOf(repositories);
            }
        }

        /** The credentials for a repository of this path; never a {@link ByRepository}. */
        default Credentials of(String path) {
            if (this instanceof ByRepository chosen) {
                return chosen.choices().stream()
                        .filter(choice -> choice.repositories().stream().anyMatch(glob -> glob.matches(path)))
                        .findFirst()
                        .map(Choice::credentials)
                        .orElse(chosen.otherwise());
            }
            return this;
        }

        /** Whether some repositories are asked for with what callers bring. */
        default boolean passThrough() {
            return this instanceof PassThrough
                    || (this instanceof ByRepository chosen
                            && (chosen.otherwise().passThrough()
                                    || chosen.choices().stream()
                                            .anyMatch(choice ->
                                                    choice.credentials().passThrough())));
        }

        /** What people may be told of them: who, or where that is written; empty for nobody. Nothing secret. */
        default String account() {
            if (this instanceof Basic basic) {
                return basic.username();
            }
            if (this instanceof DockerConfig config) {
                return "docker-config " + config.file();
            }
            if (this instanceof Helper helper) {
                return "helper " + helper.program();
            }
            if (this instanceof Exec exec) {
                return "exec " + exec.command().get(0);
            }
            if (this instanceof GoogleKey key) {
                return "google " + key.file();
            }
            if (this instanceof GoogleMetadata google) {
                return "google " + google.account();
            }
            if (this instanceof Ecr ecr) {
                return ecr.keys() instanceof AwsKeysFrom.Given given ? "aws " + given.id() : "aws";
            }
            if (this instanceof Azure) {
                return "azure";
            }
            if (this instanceof PassThrough) {
                return PASS_THROUGH;
            }
            return this instanceof IdentityToken ? "identity token" : "";
        }
    }
}
