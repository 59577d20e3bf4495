package io.entrepot.server.pull;

import io.entrepot.config.MirrorConfig;
import io.entrepot.oci.Registry;
import io.entrepot.oci.RegistryException;
import io.entrepot.oci.Repository;
import io.entrepot.server.pull.Route.How;
import io.entrepot.server.upstream.Upstream;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the registry that a client means: named in the path, in {@code ns}, by the Host name, or the listener's default.
 *
 * <p>What is found is a key into the configured upstreams, never an address to dial. With {@code ns}, a path that begins
 * with something like a registry is a prefix only if that is one of ours: {@code gcr.io/example.com/project} is a real
 * repository.
 */
public final class Router {

    private final UpstreamFinder upstreams;
    private final Map<String, Registry> hosts;
    private final Optional<Registry> defaultRegistry;
    private final Aliases aliases;

    public Router(MirrorConfig config, UpstreamFinder upstreams) {
        this.upstreams = upstreams;
        this.hosts = config.listen().hosts();
        this.defaultRegistry = config.listen().defaultRegistry();
        this.aliases = new Aliases(config.aliases());
    }

    /** The route of a name. @throws RegistryException if it names no repository of an upstream that is configured */
    public Route route(Address address) {
        Named named = name(address);
        Repository repository = repository(aliases.rewrite(named.name));
        Upstream upstream = upstreams
                .find(repository.registry())
                .orElseThrow(() -> new RegistryException.NotAnUpstream(repository));
        return new Route(named.name, named.how, repository, upstream);
    }

    private Named name(Address address) {
        String ns = address.ns().isEmpty() ? "" : registry(address.ns()).name();
        Named byPath = byPath(address, ns);
        if (byPath != null) {
            return byPath;
        }
        if (!ns.isEmpty()) {
            return new Named(ns + "/" + address.path(), How.NS);
        }
        Named byHost = byHost(address.host(), address.path());
        return byHost != null ? byHost : byDefault(address);
    }

    private @Nullable Named byPath(Address address, String ns) {
        boolean mounted = !address.mount().isEmpty();
        String name = lowerCaseFirst(mounted ? address.mount() + "/" + address.path() : address.path());
        if (ns.isEmpty()) {
            return mounted || namesRegistry(name) ? new Named(name, How.PATH) : null;
        }
        if (!mounted && !namesOurRegistry(name) && !firstSegment(name).equals(ns)) {
            return null;
        }
        requireSame(name, ns);
        return new Named(name, How.PATH);
    }

    private boolean namesRegistry(String name) {
        return hasPath(name)
                && (Registry.looksLikeRegistry(firstSegment(name))
                        || isConfigured(firstSegment(name))
                        || aliases.matches(name));
    }

    private boolean namesOurRegistry(String name) {
        return hasPath(name)
                && Registry.looksLikeRegistry(firstSegment(name))
                && (isConfigured(firstSegment(name)) || aliases.matches(name));
    }

    private void requireSame(String name, String ns) {
        String asked = firstSegment(name);
        String now = firstSegment(aliases.rewrite(name));
        if (!registry(asked).name().equals(ns) && !registry(now).name().equals(ns)) {
            throw new RegistryException.NameInvalid(
                    "the path names " + asked + " but ns names " + ns + " (expected: the same registry)");
        }
    }

    private boolean isConfigured(String name) {
        try {
            return upstreams.isNamed(Registry.parse(name));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private @Nullable Named byHost(String host, String path) {
        String bare = withoutPort(host);
        for (String candidate : new String[] {host, bare}) {
            if (aliases.matches(candidate + "/" + path)) {
                return new Named(candidate + "/" + path, How.HOST);
            }
            Registry registry = hosts.get(candidate);
            if (registry != null) {
                return new Named(registry + "/" + path, How.HOST);
            }
        }
        return null;
    }

    private Named byDefault(Address address) {
        Registry registry = defaultRegistry.orElseThrow(() -> new RegistryException.NameInvalid(address.path()
                + " names no registry (expected: one in the path, as in docker.io/library/alpine, or in ns)"));
        return new Named(registry + "/" + address.path(), How.DEFAULT);
    }

    private static Repository repository(String name) {
        if (!hasPath(name)) {
            throw new RegistryException.NameInvalid(name + " names no repository (expected: registry/path)");
        }
        Registry registry = registry(firstSegment(name));
        try {
            return new Repository(registry, name.substring(name.indexOf('/') + 1));
        } catch (IllegalArgumentException e) {
            throw new RegistryException.NameInvalid(String.valueOf(e.getMessage()));
        }
    }

    private static Registry registry(String text) {
        try {
            return Registry.parse(text);
        } catch (IllegalArgumentException e) {
            throw new RegistryException.NameInvalid(String.valueOf(e.getMessage()));
        }
    }

    private static boolean hasPath(String name) {
        int slash = name.indexOf('/');
        return slash > 0 && slash < name.length() - 1;
    }

    private static String firstSegment(String name) {
        int slash = name.indexOf('/');
        return slash < 0 ? name : name.substring(0, slash);
    }

    private static String lowerCaseFirst(String name) {
        String first = firstSegment(name);
        return Registry.looksLikeRegistry(first)
                ? first.toLowerCase(Locale.ROOT) + name.substring(first.length())
                : name;
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }

    private record Named(String name, How how) {}
}
