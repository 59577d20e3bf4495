package io.entrepot.server;

import io.entrepot.config.HttpProxy;
import io.entrepot.config.MirrorConfig;
import io.entrepot.config.UpstreamPattern;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says at a start what goes through a proxy, and what that means; and that a proxy which is there is not used. */
final class ProxyNotes {

    private static final Logger LOG = LoggerFactory.getLogger(ProxyNotes.class);

    private ProxyNotes() {}

    static void log(MirrorConfig config, Map<String, String> environment) {
        Map<String, Set<String>> proxies = proxies(config);
        proxies.forEach(
                (proxy, upstreams) -> LOG.atInfo()
                        .addKeyValue("proxy", proxy)
                        .addKeyValue("upstreams", upstreams)
                        .log(
                                "upstreams go through a proxy: it looks up their names, so that their addresses are not checked here"));
        boolean set = Stream.of("HTTPS_PROXY", "https_proxy")
                .anyMatch(name -> !environment.getOrDefault(name, "").isEmpty());
        if (proxies.isEmpty() && set) {
            LOG.atInfo().log("HTTPS_PROXY is set and not used (proxy: { environment: true } would use it)");
        }
    }

    /** By host and port, the keys of those that go through it. */
    static Map<String, Set<String>> proxies(MirrorConfig config) {
        Map<String, Set<String>> proxies = new TreeMap<>();
        Stream.concat(
                        config.upstreams().values().stream(),
                        config.upstreamPatterns().stream().map(UpstreamPattern::template))
                .flatMap(upstream -> upstream.endpoints().stream())
                .forEach(endpoint -> endpoint.reach()
                        .proxy()
                        .ifPresent(proxy -> proxies.computeIfAbsent(address(proxy), one -> new TreeSet<>())
                                .add(endpoint.key())));
        return proxies;
    }

    private static String address(HttpProxy proxy) {
        return proxy.host() + ":" + proxy.port();
    }
}
