package io.entrepot.server.node.doctor;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Releases of containerd that treat {@code hosts.toml} alike. Where they differ is read off containerd's sources
 * ({@code remotes/docker/config/hosts.go}, {@code internal/cri/server/images}).
 */
enum Release {
    V1_6("1.6", 1, 6, 0),
    V1_7("1.7.0 to 1.7.31", 1, 7, 0),
    V1_7_32("1.7.32 and later", 1, 7, 32),
    V2_0("2.0", 2, 0, 0),
    V2_1("2.1", 2, 1, 0),
    V2_2("2.2 and later", 2, 2, 0);

    private static final Pattern NUMBER = Pattern.compile("\\bv?(\\d{1,4})\\.(\\d{1,4})(?:\\.(\\d{1,4}))?");

    private final String shown;
    private final int major;
    private final int minor;
    private final int patch;

    Release(String shown, int major, int minor, int patch) {
        this.shown = shown;
        this.major = major;
        this.minor = minor;
        this.patch = patch;
    }

    /** The one of a version, as in {@code 1.7.24} or what {@code containerd --version} prints. */
    static Optional<Release> of(String version) {
        Matcher number = NUMBER.matcher(version);
        return number.find()
                ? Stream.of(values())
                        .filter(release -> !release.isAfter(number(number, 1), number(number, 2), number(number, 3)))
                        .reduce((before, later) -> later)
                : Optional.empty();
    }

    private static int number(Matcher matcher, int group) {
        String digits = matcher.group(group);
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    private boolean isAfter(int otherMajor, int otherMinor, int otherPatch) {
        if (major != otherMajor) {
            return major > otherMajor;
        }
        return minor != otherMinor ? minor > otherMinor : patch > otherPatch;
    }

    String shown() {
        return "containerd " + shown;
    }

    boolean isSecond() {
        return major >= 2;
    }

    /** Whether a file without a table {@code host} is dropped (containerd#10027). */
    boolean needsHostTable() {
        return compareTo(V1_7_32) < 0;
    }

    boolean knowsReferrers() {
        return this == V2_2;
    }

    /** Late 2.0 does, early 2.0 does not: the worse is taken. */
    boolean readsDialTimeout() {
        return isSecond();
    }

    /** Whether CRI pulls by the transfer service, which takes {@code config_path} for one directory (containerd#12636). */
    boolean transfers() {
        return compareTo(V2_1) >= 0;
    }

    String defaultConfigPath() {
        return this == V2_2 ? "/etc/containerd/certs.d:/etc/docker/certs.d" : "";
    }
}
