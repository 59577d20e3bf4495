package io.entrepot.server.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * The images of Kubernetes manifests, YAML or JSON, several documents and lists of objects: those of every container
 * (also initial and ephemeral ones) and every image volume, wherever a pod's specification stands, so that workloads and the
 * templates of other resources count without being known by name.
 */
final class KubernetesManifests {

    private static final int LARGEST = 64 * 1024 * 1024;
    private static final Pattern LOOK = Pattern.compile("(?m)^\\s*(\\{|\"?(apiVersion|kind)\"?\\s*:|---)");
    private static final Set<String> CONTAINERS = Set.of("containers", "initContainers", "ephemeralContainers");

    private final List<ImageUse> uses = new ArrayList<>();

    /** Collections that were looked through: an alias may stand for one many times, also within itself. */
    private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    /** The object that something stands in. */
    private record Within(String namespace, String object) {}

    private KubernetesManifests() {}

    /** Whether a text looks like manifests. */
    static boolean looksSo(String text) {
        return LOOK.matcher(text).find();
    }

    /**
     * Every place that names an image, in order.
     *
     * @param name of the text, for what is wrong with it
     * @throws CommandException with name and line, if it is no YAML
     */
    static List<ImageUse> parse(String name, String text) {
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(LARGEST)
                .setUseMarks(true)
                .build();
        KubernetesManifests manifests = new KubernetesManifests();
        try {
            new Compose(settings)
                    .composeAllFromString(text)
                    .forEach(document -> manifests.walk(document, new Within("", "")));
        } catch (MarkedYamlEngineException e) {
            String line =
                    e.getProblemMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
            throw CommandException.usage(name + line + ": no YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw CommandException.usage(name + ": no YAML: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        } catch (StackOverflowError e) {
            // the parser recurses, and so do we
            throw CommandException.usage(name + ": the manifests are nested too deeply");
        }
        return List.copyOf(manifests.uses);
    }

    private void walk(Node node, Within within) {
        if (node instanceof SequenceNode list && seen.add(list)) {
            list.getValue().forEach(element -> walk(element, within));
        } else if (node instanceof MappingNode map && seen.add(map)) {
            Within object = object(map, within);
            map.getValue().forEach(entry -> entry(entry, map, object));
        }
    }

    /** A map with a kind is an object; what says no namespace of its own is in that of what it stands in. */
    private static Within object(MappingNode map, Within within) {
        String kind = text(map, "kind");
        if (kind.isEmpty() || text(map, "apiVersion").isEmpty()) {
            return within;
        }
        String namespace = text(map, "metadata", "namespace");
        String name = text(map, "metadata", "name") + text(map, "metadata", "generateName");
        return new Within(namespace.isEmpty() ? within.namespace() : namespace, kind + "/" + name);
    }

    private void entry(NodeTuple entry, MappingNode pod, Within within) {
        String key = text(entry.getKeyNode());
        if (entry.getValueNode() instanceof SequenceNode list) {
            if (CONTAINERS.contains(key)) {
                list.getValue().forEach(container -> container(key, container, pod, within));
            } else if (key.equals("volumes")) {
                list.getValue().forEach(volume -> volume(volume, pod, within));
            }
        }
        walk(entry.getValueNode(), within);
    }

    private void container(String key, Node container, Node pod, Within within) {
        String field = key + "[" + text(container, "name") + "].image";
        add(field(container, "image"), field, text(container, "imagePullPolicy"), pod, within);
    }

    private void volume(Node volume, Node pod, Within within) {
        String field = "volumes[" + text(volume, "name") + "].image.reference";
        add(field(volume, "image", "reference"), field, text(volume, "image", "pullPolicy"), pod, within);
    }

    private void add(@Nullable Node image, String field, String policy, Node pod, Within within) {
        String text = image == null ? "" : text(image);
        if (image != null && !text.isEmpty()) {
            String account = text(pod, "serviceAccountName");
            uses.add(new ImageUse(text, line(image), within.namespace(), within.object(), field, policy, account));
        }
    }

    private static int line(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }

    private static String text(Node node, String... path) {
        Node found = field(node, path);
        return found == null ? "" : text(found);
    }

    private static @Nullable Node field(Node node, String... path) {
        Node at = node;
        for (String name : path) {
            at = at instanceof MappingNode map ? entry(map, name) : null;
            if (at == null) {
                return null;
            }
        }
        return at;
    }

    private static @Nullable Node entry(MappingNode map, String name) {
        for (NodeTuple entry : map.getValue()) {
            if (text(entry.getKeyNode()).equals(name)) {
                return entry.getValueNode();
            }
        }
        return null;
    }

    /** Null and what is no text are empty. */
    private static String text(Node node) {
        return node instanceof ScalarNode scalar && !isNull(scalar) ? scalar.getValue() : "";
    }

    /** A tilde is null in the YAML that Kubernetes reads. */
    private static boolean isNull(ScalarNode scalar) {
        return scalar.getTag().equals(Tag.NULL)
                || (scalar.isPlain() && scalar.getValue().equals("~"));
    }
}
