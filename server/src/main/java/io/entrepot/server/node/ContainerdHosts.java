package io.entrepot.server.node;

import io.entrepot.oci.Registry;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The {@code hosts.toml} files that send a containerd's pulls through a mirror, for every release from 1.6 on.
 *
 * <p>Nothing goes around the mirror: {@code server} is the mirror itself, because containerd appends the real registry where
 * it is missing; the bare {@code [host]} keeps 1.6 and 1.7 from dropping a file without a host; {@code referrers} is not
 * listed, because releases before 2.2 drop a file that names it. A registry's own directory wins over {@code _default},
 * so each registry gets one. Whatever containerd cannot read in such a file it answers by asking the real registry.
 *
 * @param registries those that get a directory of their own beside {@code _default}
 * @param bootstrap registries that stay open: the mirror is asked first, then the registry itself, by its address
 * @param credential by which the mirror knows the node, sent to the mirror alone; empty: it has none
 */
public record ContainerdHosts(
        Endpoints endpoints, Set<Registry> registries, Map<Registry, URI> bootstrap, String credential) {

    private static final String MARK = NodeFiles.MARK + "containerd.";

    static final String DEFAULT = "_default";
    static final String HOSTS_FILE = "hosts.toml";
    static final String HEADER = "Entrepot-Node";
    static final String CA_FILE = "mirror-ca.crt";

    private static final String PULLS = "capabilities = [\"pull\", \"resolve\"]\n";
    private static final String CONFIG_PATH = """
            # containerd reads this file again for each pull, if its config.toml names the directory above as config_path,
            # alone, without a colon: "/etc/containerd/certs.d", under [plugins."io.containerd.grpc.v1.cri".registry] (1.6,
            # 1.7) or [plugins."io.containerd.cri.v1.images".registry] (2.x). ctr and nerdctl want --hosts-dir.
            """;
    private static final String CLOSED = MARK + """
             Change it there, not here.
            # What the mirror refuses is refused: the mirror is the server too, so that no other registry is asked.
            """ + CONFIG_PATH;
    private static final String OPEN = MARK + """
             Change it there, not here.
            # %s stays open, for nodes that start before the mirror does: what the mirror refuses is asked for there.
            """ + CONFIG_PATH;
    private static final String STUB = """

            # Without this line containerd 1.6 and 1.7 drop the whole file and ask the real registry.
            [host]
            """;

    /** For any node. */
    public ContainerdHosts(Endpoints endpoints, Set<Registry> registries, Map<Registry, URI> bootstrap) {
        this(endpoints, registries, bootstrap, "");
    }

    public ContainerdHosts {
        if (!credential.matches("[A-Za-z0-9_-]*")) {
            throw new IllegalArgumentException("the credential of the node cannot be one");
        }
        registries = Set.copyOf(registries);
        bootstrap = Map.copyOf(bootstrap);
        bootstrap.values().forEach(Endpoints::requireBare);
    }

    /** The files, and where they are at home. */
    public NodeSetup setup() {
        return new NodeSetup("containerd", Path.of("/etc/containerd/certs.d"), files());
    }

    /** Every file by its path under the directory that containerd's {@code config_path} names. */
    public Map<String, String> files() {
        Map<String, String> files = new TreeMap<>();
        add(files, DEFAULT, closed());
        registries.forEach(registry -> add(files, directory(registry.name()), closed()));
        bootstrap.forEach((registry, address) -> add(files, directory(registry.name()), open(registry, address)));
        return files;
    }

    private void add(Map<String, String> files, String directory, String hosts) {
        files.put(directory + "/" + HOSTS_FILE, hosts);
        endpoints.ca().ifPresent(pem -> files.put(directory + "/" + CA_FILE, pem));
    }

    /** Of the two names that containerd looks for, {@code host_port_} and {@code host:port}, the one that wins. */
    static String directory(String registry) {
        int colon = registry.lastIndexOf(':');
        boolean port = colon > registry.lastIndexOf(']');
        return port ? registry.substring(0, colon) + "_" + registry.substring(colon + 1) + "_" : registry;
    }

    private String closed() {
        String server = "server = \"" + endpoints.last() + "\"\n" + PULLS + trust() + header("");
        return CLOSED + server + (endpoints.beforeLast().isEmpty() ? STUB : hosts(endpoints.beforeLast()));
    }

    private String open(Registry registry, URI address) {
        return OPEN.formatted(registry) + "server = \"" + address + "\"\n" + hosts(endpoints.all());
    }

    private String hosts(List<URI> asked) {
        StringBuilder hosts = new StringBuilder();
        for (URI endpoint : asked) {
            hosts.append("\n[host.\"").append(endpoint).append("\"]\n");
            hosts.append(PULLS).append(trust()).append(header("host.\"" + endpoint + "\"."));
        }
        return hosts.toString();
    }

    /** A table of its own, behind the keys of the server or host that it is for. */
    private String header(String of) {
        return credential.isEmpty() ? "" : "\n[" + of + "header]\n" + HEADER + " = [\"" + credential + "\"]\n";
    }

    /** A credential is a secret. */
    @Override
    public String toString() {
        return "ContainerdHosts[" + endpoints + ", " + registries + ", " + bootstrap + "]";
    }

    /** A path that is relative is relative to the file's own directory, in every release. */
    private String trust() {
        return endpoints.ca().isPresent() ? "ca = \"" + CA_FILE + "\"\n" : "";
    }
}
