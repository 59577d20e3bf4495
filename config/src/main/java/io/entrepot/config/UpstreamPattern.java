package io.entrepot.config;

import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.Glob;
import io.entrepot.oci.Registry;
import java.net.URI;
import java.util.regex.Pattern;

/**
 * Upstreams whose names are not known beforehand, as in {@code *.dkr.ecr.*.amazonaws.com}: {@code *} is a part of one
 * label, {@code *} alone is every name. Only names of domains match, never an address, nor a name without a dot.
 *
 * @param template what such an upstream is like, but for its name and where it is
 */
public record UpstreamPattern(String pattern, UpstreamConfig template) {

    static final String EVERY = "*";

    /** A name with it would be another registry than the one without, and the same place: rules for one would not hold. */
    private static final String HTTPS_PORT = ":443";

    private static final Pattern GRAMMAR = Pattern.compile("[a-z0-9*-]+(?:\\.[a-z0-9*-]+)*(?::[0-9]{1,5})?");
    private static final Pattern DOMAIN = Pattern.compile("[^.]+(?:\\.[^.]+)*\\.[a-z][a-z0-9-]*(?::[0-9]+)?");

    public UpstreamPattern {
        if (!GRAMMAR.matcher(pattern).matches() || pattern.contains("**")) {
            throw new IllegalArgumentException(
                    pattern + " (expected: a name in which * is a part of one label, as in *.dkr.ecr.*.amazonaws.com)");
        }
    }

    /** Whether names in a file stand for several upstreams. */
    static boolean isPattern(String name) {
        return name.indexOf('*') >= 0;
    }

    /** Whether the pattern ends in a domain that somebody owns: two labels without a {@code *}. */
    static boolean isWithinDomain(String pattern) {
        int last = pattern.lastIndexOf('.');
        int before = pattern.lastIndexOf('.', last - 1);
        return before >= 0 && pattern.indexOf('*', before) < 0;
    }

    /** True if an upstream of this name is meant. */
    public boolean matches(Registry registry) {
        String name = registry.name();
        return DOMAIN.matcher(name).matches()
                && !name.endsWith(HTTPS_PORT)
                && (pattern.equals(EVERY) || new Glob(labels(pattern)).matches(labels(name)));
    }

    private static String labels(String name) {
        return name.replace('.', '/');
    }

    /** The upstream of this name, under its own name by https. */
    public UpstreamConfig upstream(Registry registry) {
        return new UpstreamConfig(
                registry,
                pattern,
                URI.create("https://" + registry),
                template.credentials(),
                template.internal(),
                template.shared(),
                template.clients(),
                template.ca(),
                template.redirectHosts(),
                template.tokenHosts(),
                template.unverifiedRanges(),
                template.minRate(),
                template.connections(),
                template.deadlines(),
                template.rateLimits(),
                template.offline(),
                template.observe(),
                template.reach());
    }
}
