package io.entrepot.server.node.doctor;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Something on a node that pulls images. */
interface NodeRuntime {

    /** As in {@code entrepot doctor --runtime NAME}. */
    String name();

    /** Whether there are traces of it on the node. */
    boolean isOn(NodeRoot node);

    /** Registries that its configuration names. */
    Set<String> named(NodeRoot node) throws IOException;

    /** Whom it asks for the images of this registry: once for each release that may be installed. */
    List<Ways> ways(NodeRoot node, String registry) throws IOException;

    /** What is to be said of it beside that. */
    List<Finding> findings(NodeRoot node) throws IOException;
}
