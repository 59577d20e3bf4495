package io.entrepot.server.cli;

import io.entrepot.server.inspect.Who;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** Who is supposed to ask; without any of these nobody in particular. */
final class WhoOptions {

    @Option(names = "--as", paramLabel = "USER", description = "As somebody who proved to be this.")
    private String user = "";

    @Option(
            names = "--group",
            paramLabel = "GROUP",
            description = "In a group beside those that the configuration says.")
    private List<String> groups = List.of();

    @Option(
            names = "--namespace",
            paramLabel = "NS",
            description = "As a service account of this Kubernetes namespace.")
    private String namespace = "";

    @Option(
            names = "--service-account",
            paramLabel = "NAME",
            description = "Which one of the namespace; default: default.")
    private String serviceAccount = "";

    @Option(names = "--from", paramLabel = "ADDRESS", description = "From this address; default: one in no network.")
    private String address = "";

    Who who() {
        try {
            return new Who(user, Set.copyOf(groups), namespace, serviceAccount, address);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()));
        }
    }

    /** The same for the admin API. */
    String query() {
        StringBuilder query = new StringBuilder();
        add(query, "as", user);
        groups.forEach(group -> add(query, "group", group));
        add(query, "namespace", namespace);
        add(query, "service-account", serviceAccount);
        add(query, "from", address);
        return query.toString();
    }

    private static void add(StringBuilder query, String name, String value) {
        if (!value.isEmpty()) {
            query.append('&').append(name).append('=').append(URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
    }
}
