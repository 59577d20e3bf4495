package io.entrepot.server.node;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How the files of a setup come to many nodes. */
public enum Delivery {

    /** A script for {@code sh} that writes them, each as a whole. */
    SH {
        @Override
        public String text(NodeSetup setup, String image) {
            StringBuilder script = new StringBuilder("#!/bin/sh\n" + made(setup) + "set -eu\numask 022\n");
            setup.inOrder().forEach((name, text) -> {
                Path file = setup.directory().resolve(name);
                String end = delimiter(text);
                script.append("mkdir -p '").append(file.getParent()).append("'\n");
                script.append("cat > '")
                        .append(file)
                        .append(".new' <<'")
                        .append(end)
                        .append("'\n");
                script.append(text).append(end).append('\n');
                script.append("mv -f '")
                        .append(file)
                        .append(".new' '")
                        .append(file)
                        .append("'\n");
            });
            return script.toString();
        }
    },

    /** User data for cloud-init. */
    CLOUD_INIT {
        @Override
        public String text(NodeSetup setup, String image) {
            StringBuilder yaml = new StringBuilder("#cloud-config\n" + made(setup) + "write_files:\n");
            setup.inOrder()
                    .forEach((name, text) -> yaml.append("  - path: \"")
                            .append(setup.directory().resolve(name))
                            .append("\"\n    permissions: \"0644\"\n    content: |\n")
                            .append(indented(text, 6)));
            return yaml.toString();
        }
    },

    /** A DaemonSet that writes them on every node of a cluster, and again whenever its ConfigMap changes. */
    DAEMONSET {
        @Override
        public String text(NodeSetup setup, String image) {
            StringBuilder data = new StringBuilder();
            List<String> copies = new ArrayList<>();
            setup.inOrder().forEach((name, text) -> {
                String key = "file-" + copies.size();
                data.append("  ").append(key).append(": |\n").append(indented(text, 4));
                copies.add("copy " + key + " '" + name + "'");
            });
            return DAEMON_SET.formatted(
                    made(setup),
                    setup.software(),
                    data,
                    image,
                    indented(String.join("\n", copies) + "\n", 18),
                    setup.directory());
        }
    };

    private static final String DAEMON_SET = """
            %1$sapiVersion: v1
            kind: ConfigMap
            metadata:
              name: entrepot-%2$s
              namespace: kube-system
            data:
            %3$s---
            apiVersion: apps/v1
            kind: DaemonSet
            metadata:
              name: entrepot-%2$s
              namespace: kube-system
            spec:
              selector:
                matchLabels: { app: entrepot-%2$s }
              template:
                metadata:
                  labels: { app: entrepot-%2$s }
                spec:
                  tolerations:
                    - operator: Exists
                  automountServiceAccountToken: false
                  containers:
                    - name: files
                      image: "%4$s"
                      command:
                        - /bin/sh
                        - -ec
                        - |
                          copy() {
                              mkdir -p "/node/$(dirname "$2")"
                              cmp -s "/files/$1" "/node/$2" && return
                              cp "/files/$1" "/node/$2.new"
                              mv -f "/node/$2.new" "/node/$2"
                          }
                          while true; do
            %5$s                  sleep 60
                          done
                      securityContext:
                        runAsUser: 0
                        allowPrivilegeEscalation: false
                        readOnlyRootFilesystem: true
                        capabilities: { drop: [ALL] }
                      resources:
                        requests: { cpu: 1m, memory: 8Mi }
                      volumeMounts:
                        - { name: files, mountPath: /files }
                        - { name: node, mountPath: /node }
                  volumes:
                    - name: files
                      configMap: { name: entrepot-%2$s }
                    - name: node
                      hostPath: { path: "%6$s", type: DirectoryOrCreate }
            """;

    /**
     * The whole text.
     *
     * @param image what a DaemonSet runs: anything with a shell
     */
    public abstract String text(NodeSetup setup, String image);

    String made(NodeSetup setup) {
        return "# Made by entrepot hosts " + setup.software() + " --as "
                + name().toLowerCase(Locale.ROOT).replace('_', '-') + ".\n";
    }

    /** A line that does not stand in the text. */
    private static String delimiter(String text) {
        String delimiter = "END_OF_FILE";
        while (text.contains(delimiter)) {
            delimiter += "_";
        }
        return delimiter;
    }

    private static String indented(String text, int spaces) {
        return text.lines()
                .map(line -> line.isEmpty() ? "\n" : " ".repeat(spaces) + line + "\n")
                .reduce("", String::concat);
    }
}
