package io.entrepot.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.entrepot.config.MirrorConfig;
import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.Registry;
import io.entrepot.server.inspect.Json;
import io.entrepot.server.inspect.SightingLines;
import io.entrepot.server.inspect.StateDir;
import io.entrepot.server.pull.Sighting;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code entrepot upstreams}: those that are configured, and those that clients asked for. */
@Command(
        name = "upstreams",
        description = {
            "Lists the upstreams of a configuration: the key, where it is, who we are there. Of a running mirror also"
                    + " whether their endpoints are asked, and if not since when and why; and what"
                    + " they grant it: what is left of their rate limit, how much of that is kept in reserve, when some of"
                    + " it comes back, when it is used up at this pace; and how often they were asked for what since the"
                    + " start, and what the cache saved.",
            "With --discovered, the registries that clients asked for through a pattern with observe: true, as lines"
                    + " for the configuration."
        })
final class UpstreamsCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--discovered", description = "What was asked for through patterns that are observed.")
    private boolean discovered;

    @Option(names = "--clear", description = "Forgets what was discovered after it was printed.")
    private boolean clear;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    private final Output output = new Output();

    @Override
    public void run() {
        MirrorConfig loaded = config.withoutSecrets();
        PrintWriter out = spec.commandLine().getOut();
        if (discovered) {
            discovered(loaded, out);
        } else {
            configured(loaded, out);
        }
        out.flush();
    }

    private void configured(MirrorConfig config, PrintWriter out) {
        List<UpstreamConfig> all = new ArrayList<>(config.upstreams().values());
        all.sort(Comparator.comparing(UpstreamConfig::key));
        config.upstreamPatterns().forEach(pattern -> all.add(pattern.template()));
        Optional<JsonNode> running = new RunningUpstreams(StateDir.of(config).adminSocket()).list();
        all.forEach(each -> out.println(output.isJson() ? json(each, running) : row(each)));
        if (!output.isJson()) {
            running.ifPresent(open -> show(open, out));
        }
    }

    private static void show(JsonNode open, PrintWriter out) {
        Instant now = Instant.now();
        EndpointTable endpoints = new EndpointTable(now);
        BudgetTable budgets = new BudgetTable(now);
        open.forEach(endpoints::add);
        open.forEach(budgets::add);
        endpoints.print(out);
        budgets.print(out);
    }

    private static String row(UpstreamConfig upstream) {
        return String.format("%-28s %-36s %s", upstream.key(), where(upstream), how(upstream));
    }

    private static String where(UpstreamConfig upstream) {
        return isPattern(upstream) ? "https://…" : upstream.url().toString();
    }

    private static boolean isPattern(UpstreamConfig upstream) {
        return upstream.key().indexOf('*') >= 0;
    }

    private static String how(UpstreamConfig upstream) {
        return login(upstream.credentials())
                + (upstream.internal() ? ", internal" : "")
                + (upstream.offline() ? ", offline" : "")
                + (upstream.observe() ? ", observed" : "");
    }

    private static String login(Credentials credentials) {
        if (credentials instanceof Credentials.PassThrough) {
            return "with callers' logins";
        }
        if (credentials.passThrough()) {
            return "with callers' logins for some repositories";
        }
        return credentials instanceof Credentials.Anonymous ? "anonymous" : "with a login";
    }

    /** What a mirror says of the registries of a pattern stands with the pattern. */
    private static String json(UpstreamConfig upstream, Optional<JsonNode> running) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("key", upstream.key());
        facts.put("url", isPattern(upstream) ? "" : upstream.url().toString());
        facts.put("anonymous", upstream.credentials() instanceof Credentials.Anonymous);
        facts.put("pass-through", upstream.credentials().passThrough());
        facts.put("internal", upstream.internal());
        facts.put("offline", upstream.offline());
        facts.put("observe", upstream.observe());
        List<JsonNode> open = new ArrayList<>();
        running.ifPresent(all -> all.forEach(each -> {
            if (each.path("key").asText().equals(upstream.key())) {
                open.add(each);
            }
        }));
        facts.put("running", open);
        return Json.text(facts);
    }

    private void discovered(MirrorConfig config, PrintWriter out) {
        StateDir state = StateDir.of(config);
        SeenNames names = new SeenNames(state.adminSocket(), "/api/v1/discovered", state.discovered());
        List<Sighting> seen = names.read();
        if (output.isJson()) {
            seen.forEach(each -> out.println(SightingLines.line(each)));
        } else {
            lines(config, seen, out);
        }
        out.flush();
        if (clear) {
            names.clear();
        }
    }

    private static void lines(MirrorConfig config, List<Sighting> seen, PrintWriter out) {
        Map<String, List<Sighting>> byRegistry = new TreeMap<>();
        seen.forEach(each -> byRegistry
                .computeIfAbsent(registry(each), name -> new ArrayList<>())
                .add(each));
        out.println(byRegistry.isEmpty() ? "# nothing was asked for through an observed pattern" : "upstreams:");
        byRegistry.forEach((registry, repositories) -> print(out, config, registry, repositories));
    }

    private static String registry(Sighting repository) {
        return repository.name().substring(0, repository.name().indexOf('/'));
    }

    /** What nothing came of, or is named already, is a comment: the rest may be taken as it is. */
    private static void print(PrintWriter out, MirrorConfig config, String registry, List<Sighting> repositories) {
        boolean named = config.upstreams().containsKey(Registry.parse(registry));
        boolean answered = repositories.stream().anyMatch(each -> each.kind().equals("repository"));
        String why = named ? "  # is in the configuration" : answered ? "" : "  # nothing came of it";
        out.println((named || !answered ? "  # " : "  ") + registry + ": {}" + why);
        for (Sighting each : repositories) {
            out.printf(
                    "  #   %s: %d %s, last %s%n",
                    each.name(),
                    each.count(),
                    each.kind().equals("repository") ? "answered" : "in vain",
                    Times.text(each.last()));
        }
    }
}
