package io.entrepot.config;

import io.entrepot.config.MirrorConfig.Credentials;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads what connections go through: a proxy that is named here, the one of the environment if that is said, or none. */
final class ProxyReader {

    /** Stands for an address that is a problem already. */
    private static final URI NOWHERE = URI.create("http://invalid:1");

    private final Section section;

    private ProxyReader(Section section) {
        this.section = section;
    }

    /** The proxy of all upstreams that are not internal. */
    static Optional<HttpProxy> global(Section root) {
        Section section = root.section("proxy");
        Optional<HttpProxy> proxy = new ProxyReader(section).read();
        section.end();
        return proxy;
    }

    /** The proxy of one upstream or endpoint; the other one if it says nothing of any. */
    static Optional<HttpProxy> of(Section upstream, Optional<HttpProxy> otherwise) {
        Section section = upstream.section("proxy");
        boolean direct = section.flag("direct");
        Optional<HttpProxy> proxy = new ProxyReader(section).read();
        section.end();
        if (direct && proxy.isPresent()) {
            section.problem("direct", "true beside a proxy (expected: one of the two)");
        }
        return proxy.isPresent() || direct ? proxy : otherwise;
    }

    private Optional<HttpProxy> read() {
        boolean environment = section.flag("environment");
        Optional<URI> url = section.optional("url", ProxyReader::url);
        Optional<Credentials.Basic> login = login();
        List<DirectHost> direct = section.list("no-proxy", DirectHost::parse);
        if (environment && section.has("url")) {
            section.problem("environment", "true beside url (expected: one of the two)");
        }
        if (!section.has("url")) {
            requireUrl(environment);
            return environment ? ofEnvironment(direct) : Optional.empty();
        }
        URI at = url.orElse(NOWHERE);
        return Optional.of(new HttpProxy(host(at), at.getPort(), login, direct));
    }

    private void requireUrl(boolean environment) {
        for (String key : List.of("username", "password", "no-proxy")) {
            if ((key.equals("no-proxy") ? section.lists(key) : section.has(key))
                    && !(environment && key.equals("no-proxy"))) {
                section.problem(key, "without url (expected: url: http://host:port beside it)");
            }
        }
    }

    private Optional<Credentials.Basic> login() {
        Optional<String> username = section.optional("username", Text::notEmpty);
        Optional<Secret> password = section.secret("password");
        if (section.has("username") != section.has("password")) {
            String alone = section.has("username") ? "username" : "password";
            section.problem(alone, "stands alone (expected: username and password)");
        }
        return username.flatMap(name -> password.map(secret -> new Credentials.Basic(name, secret)));
    }

    /** As other programs read it; what it says is no secret here only as far as it names a host. */
    private Optional<HttpProxy> ofEnvironment(List<DirectHost> more) {
        Secrets environment = section.reading().secrets();
        String text = environment.variable("HTTPS_PROXY", "https_proxy");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            URI url = new URI(text.contains("://") ? text : "http://" + text);
            URI bare = url(url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? ":80" : ":" + url.getPort()));
            List<DirectHost> direct = new ArrayList<>(more);
            Stream.of(environment.variable("NO_PROXY", "no_proxy").split("[,\\s]+"))
                    .filter(each -> !each.isEmpty())
                    .map(DirectHost::parse)
                    .forEach(direct::add);
            return Optional.of(new HttpProxy(host(bare), bare.getPort(), login(url.getRawUserInfo()), direct));
        } catch (URISyntaxException e) {
            section.problem("environment", "HTTPS_PROXY is no URL (expected: http://host:port)");
        } catch (IllegalArgumentException e) {
            section.problem("environment", "HTTPS_PROXY or NO_PROXY: " + e.getMessage());
        }
        return Optional.empty();
    }

    private static Optional<Credentials.Basic> login(@Nullable String userInfo) {
        if (userInfo == null) {
            return Optional.empty();
        }
        String[] parts = userInfo.split(":", 2);
        String password =
                parts.length == 1 ? "" : URLDecoder.decode(parts[1].replace("+", "%2B"), StandardCharsets.UTF_8);
        return Optional.of(new Credentials.Basic(
                URLDecoder.decode(parts[0].replace("+", "%2B"), StandardCharsets.UTF_8), new Secret(password)));
    }

    private static URI url(String text) {
        String expected = " (expected: http://host:port)";
        try {
            URI url = new URI(text);
            if (url.getRawUserInfo() != null || text.indexOf('@') >= 0) {
                throw new IllegalArgumentException("a user name in it (expected: username and password beside it)");
            }
            boolean bare = (url.getRawPath().isEmpty() || url.getRawPath().equals("/"))
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null;
            boolean port = url.getPort() > 0 && url.getPort() <= 65_535;
            if (!"http".equalsIgnoreCase(url.getScheme()) || url.getHost() == null || !bare || !port) {
                throw new IllegalArgumentException(text + expected);
            }
            return url;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException((text.indexOf('@') >= 0 ? "no URL" : text) + expected, e);
        }
    }

    private static String host(URI url) {
        return url.getHost().replaceAll("[\\[\\]]", "");
    }
}
