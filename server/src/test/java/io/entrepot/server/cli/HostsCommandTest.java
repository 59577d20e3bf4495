package io.entrepot.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code entrepot hosts containerd} on a directory. */
class HostsCommandTest {

    @TempDir
    private Path root;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void writesAFileForEachRegistryThatAMirrorHasByDefault() {
        assertThat(run("--endpoint", "https://mirror:5000", "--dir", root.toString()))
                .isZero();

        assertThat(root.resolve("_default/hosts.toml")).content().contains("server = \"https://mirror:5000\"");
        assertThat(root.resolve("docker.io/hosts.toml")).hasSameTextualContentAs(root.resolve("_default/hosts.toml"));
        assertThat(root.resolve("registry.k8s.io/hosts.toml")).exists();
        assertThat(out.toString()).contains(root.resolve("quay.io/hosts.toml") + "\n");
    }

    @Test
    void printsWithoutADirectory() {
        assertThat(run("-e", "https://mirror:5000", "-r", "registry.corp")).isZero();

        assertThat(out.toString())
                .contains("# --- /etc/containerd/certs.d/_default/hosts.toml\n", "certs.d/registry.corp/hosts.toml\n");
    }

    @Test
    void writesTheAuthorityToo() throws Exception {
        Path ca = Files.writeString(root.resolve("ca.pem"), "-----BEGIN CERTIFICATE-----\n");

        assertThat(run("-e", "https://mirror", "--ca", ca.toString(), "-r", "docker.io", "-d", root.toString()))
                .isZero();

        assertThat(root.resolve("docker.io/mirror-ca.crt")).hasSameTextualContentAs(ca);
    }

    @Test
    void saysWhatIsWrongWithAFileOrADirectory() throws Exception {
        Path absent = root.resolve("absent.pem");
        Path file = Files.createFile(root.resolve("file"));

        assertThat(run("-e", "https://mirror", "--ca", absent.toString())).isEqualTo(1);
        assertThat(run("-e", "https://mirror", "--ca", file.toString())).isEqualTo(1);
        assertThat(run("-e", "https://mirror", "-d", "/proc/absent")).isEqualTo(1);

        assertThat(err.toString().lines())
                .containsExactly(
                        "entrepot: " + absent + " cannot be read: it does not exist",
                        "entrepot: " + file + " has no certificate in it (expected: a PEM certificate)",
                        "entrepot: cannot write under /proc/absent: it does not exist");
    }

    @Test
    void leavesBootstrapRegistriesOpenAtTheirRealAddress() {
        assertThat(run("-e", "https://mirror", "--bootstrap", "docker.io", "-d", root.toString()))
                .isZero();

        assertThat(root.resolve("docker.io/hosts.toml"))
                .content()
                .contains("server = \"https://registry-1.docker.io\"");
    }

    @Test
    void doesNotWriteOverFilesOfOthers() throws Exception {
        Path theirs = root.resolve("docker.io/hosts.toml");
        Files.createDirectories(theirs.getParent());
        Files.writeString(theirs, "server = \"https://other\"\n");

        assertThat(run("-e", "https://mirror", "-d", root.toString())).isEqualTo(1);

        assertThat(err.toString()).contains("these files are not ours", theirs.toString());
        assertThat(theirs).hasContent("server = \"https://other\"\n");
        assertThat(root.resolve("_default")).doesNotExist();
        assertThat(run("-e", "https://mirror", "-d", root.toString(), "--force"))
                .isZero();
    }

    @Test
    void namesFilesThatLeadAroundTheMirror() throws Exception {
        Path theirs = root.resolve("other.corp/hosts.toml");
        Files.createDirectories(theirs.getParent());
        Files.writeString(theirs, "server = \"https://other\"\n");

        assertThat(run("-e", "https://mirror", "-d", root.toString())).isZero();

        assertThat(err.toString()).contains(theirs + " is not ours");
    }

    @Test
    void anEndpointIsNeeded() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("Missing required option: '--endpoint=URL'");
    }

    @Test
    void anEndpointThatIsNoAddressIsUsage() {
        assertThat(run("-e", "mirror:5000")).isEqualTo(2);
        assertThat(err.toString()).contains("endpoint: mirror:5000 (expected: https://host[:port]");
    }

    @Test
    void packsTheFilesForAFleet() {
        assertThat(run("-e", "https://mirror:5000", "-r", "docker.io", "--as", "sh"))
                .isZero();

        assertThat(out.toString())
                .startsWith("#!/bin/sh\n")
                .contains("'/etc/containerd/certs.d/_default/hosts.toml'", "server = \"https://mirror:5000\"");
    }

    @Test
    void aFormThatIsNotKnownIsUsage() {
        assertThat(run("-e", "https://mirror:5000", "--as", "x")).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("entrepot: Invalid value for option '--as': x (expected: sh, cloud-init, daemonset)\n");
    }

    @Test
    void writesForOtherSoftwareAndSaysWhetherARefusalIsFinal() {
        assertThat(runFor("podman", "-e", "https://mirror:5000", "-r", "quay.io", "-d", root.toString()))
                .isZero();

        assertThat(root.resolve("registries.conf.d/050-entrepot.conf"))
                .content()
                .contains("location = \"mirror:5000/quay.io\"");
        assertThat(err.toString()).startsWith("note: A refusal is final for the registries named here");
    }

    /** podman: "rewriting reference: invalid reference format". */
    @Test
    void podmanCannotReachARegistryWithAPortThroughAMirror() {
        assertThat(runFor("podman", "-e", "https://mirror:5000", "-r", "registry.corp:5000"))
                .isEqualTo(2);

        assertThat(err.toString())
                .startsWith(
                        "entrepot: registry: registry.corp:5000 (expected: one without a port, since podman refuses a"
                                + " location with one in its path; give the mirror `aliases: { registry.corp:"
                                + " \"registry.corp:5000\" }`, and write a file of your own with prefix = \"registry.corp:5000\" and"
                                + " location = \"mirror:5000/registry.corp\")\n");
    }

    @Test
    void doesNotWriteOverADaemonJsonOfOthers() throws Exception {
        Files.writeString(root.resolve("daemon.json"), "{ \"debug\": true }\n");

        assertThat(runFor("docker", "-e", "https://mirror:5000", "-d", root.toString()))
                .isEqualTo(1);
        assertThat(root.resolve("daemon.json")).hasContent("{ \"debug\": true }\n");
    }

    @Test
    void writesItsOwnDaemonJsonAgain() {
        assertThat(runFor("docker", "-e", "https://mirror:5000", "-d", root.toString()))
                .isZero();
        assertThat(runFor("docker", "-e", "https://mirror:5000", "-d", root.toString()))
                .isZero();
    }

    private int run(String... arguments) {
        return runFor("containerd", arguments);
    }

    private int runFor(String software, String... arguments) {
        String[] all = new String[arguments.length + 2];
        all[0] = "hosts";
        all[1] = software;
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return new Cli((config, file, self) -> 0)
                .out(new PrintWriter(out, true))
                .err(new PrintWriter(err, true))
                .run(all);
    }
}
