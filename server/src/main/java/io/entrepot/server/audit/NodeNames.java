package io.entrepot.server.audit;

import io.entrepot.config.ConfigException;
import io.entrepot.config.Network;
import io.entrepot.config.NodeFile;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which node has which address, from a file ({@link NodeFile}) that is read again when it is another one. Of networks that lie
 * in one another the smallest counts. Any thread asks; one follows.
 */
public final class NodeNames {

    private static final Logger LOG = LoggerFactory.getLogger(NodeNames.class);

    /** No node is known by its address. */
    public static final NodeNames NONE = new NodeNames(Optional.empty());

    private final Optional<Path> file;
    private volatile Table table = Table.EMPTY;
    private List<Object> stamp = List.of(); // the thread that follows

    /** What the file says, the longest prefixes first. */
    private record Table(Map<Network, String> names, List<Integer> prefixes) {

        static final Table EMPTY = new Table(Map.of(), List.of());

        static Table of(Map<Network, String> names) {
            List<Integer> prefixes = names.keySet().stream()
                    .map(Network::prefix)
                    .distinct()
                    .sorted(Comparator.reverseOrder())
                    .toList();
            return new Table(names, prefixes);
        }

        String of(InetAddress address) {
            if (prefixes.isEmpty()) {
                return "";
            }
            int bits = address.getAddress().length * 8;
            for (int prefix : prefixes) {
                String name = prefix > bits ? null : names.get(Network.around(address, prefix));
                if (name != null) {
                    return name;
                }
            }
            return "";
        }
    }

    private NodeNames(Optional<Path> file) {
        this.file = file;
    }

    /** Those of this file. Blocks. @throws ConfigException with what is wrong in it */
    public static NodeNames in(Path file) throws ConfigException {
        NodeNames names = new NodeNames(Optional.of(file));
        names.stamp = stamp(file);
        names.table = Table.of(NodeFile.read(file));
        return names;
    }

    /** Its name; empty: not known. */
    String of(InetAddress address) {
        return table.of(address);
    }

    /** Looks whether the file is another one; what cannot be used changes nothing, and is said once. Blocks. */
    public void follow() {
        file.ifPresent(this::follow);
    }

    private void follow(Path path) {
        List<Object> now = stamp(path);
        if (now.equals(stamp)) {
            return;
        }
        stamp = now;
        try {
            table = Table.of(NodeFile.read(path));
            LOG.atInfo().addKeyValue("file", path).log("names of nodes read again");
        } catch (ConfigException e) {
            LOG.atWarn()
                    .addKeyValue("problems", e.getMessage())
                    .log("names of nodes not used, what the file said before holds");
        }
    }

    private static List<Object> stamp(Path path) {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            return List.of(String.valueOf(now.fileKey()), now.size(), now.lastModifiedTime());
        } catch (IOException e) {
            return List.of("absent");
        }
    }
}
