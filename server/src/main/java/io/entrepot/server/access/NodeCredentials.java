package io.entrepot.server.access;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The credentials that nodes have, of which only hashes are kept. A node has two at most: its newest, and the one before,
 * so that it can be given another while it pulls.
 *
 * <pre>
 *   # nodes: name, SHA-256 of the credential, when it was issued
 *   worker-1 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae 2026-11-26T10:00:00Z
 * </pre>
 */
public final class NodeCredentials {

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,126}[a-z0-9])?");
    private static final String TITLE = "# nodes: name, SHA-256 of the credential, when it was issued\n";
    private static final String PREFIX = "entn_";
    private static final int MOST_OF_ONE = 2;
    private static final int MOST = 20_000;

    private final Path file;
    private final Runnable onRevoked;
    private volatile Map<String, Node> byHash;

    /** A credential that was issued; never itself. */
    public record Node(String name, String hash, Instant issued) {}

    private NodeCredentials(Path file, Map<String, Node> byHash, Runnable onRevoked) {
        this.file = file;
        this.byHash = byHash;
        this.onRevoked = onRevoked;
    }

    /**
     * Reads what was issued. @throws IOException naming the file, if it cannot be read: to forget nodes is no way out
     *
     * @param onRevoked is called when a credential does not hold any more
     */
    public static NodeCredentials open(Path file, Runnable onRevoked) throws IOException {
        return new NodeCredentials(file, Files.exists(file) ? read(file) : Map.of(), onRevoked);
    }

    private static Map<String, Node> read(Path file) throws IOException {
        Map<String, Node> nodes = new HashMap<>();
        int number = 0;
        for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
            number++;
            if (!line.isEmpty() && !line.startsWith("#")) {
                Node node = node(file, number, line.split(" ", -1));
                nodes.put(node.hash, node);
            }
        }
        return Map.copyOf(nodes);
    }

    private static Node node(Path file, int number, String[] words) throws IOException {
        try {
            if (words.length == 3 && NAME.matcher(words[0]).matches() && words[1].matches("[0-9a-f]{64}")) {
                return new Node(words[0], words[1], Instant.parse(words[2]));
            }
        } catch (DateTimeParseException e) {
            // said below
        }
        throw new IOException(file + ", line " + number + ": no node (expected: name, SHA-256, time of issue)");
    }

    /** Which node has this credential. The hash is looked up: to find it step by step, one would have to invert it. */
    Optional<String> find(String credential) {
        return Optional.ofNullable(byHash.get(hash(credential))).map(Node::name);
    }

    /** Those that hold, by name and time. */
    public List<Node> list() {
        return byHash.values().stream()
                .sorted(Comparator.comparing(Node::name).thenComparing(Node::issued))
                .toList();
    }

    /** A new credential, which nobody can ever be shown again. Blocks. @throws IllegalArgumentException if the name cannot be one */
    public synchronized String issue(String name, Instant now) throws IOException {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("node: " + shown(name) + " (expected: " + NAME + ")");
        }
        String credential = PREFIX + random();
        List<Node> nodes = new ArrayList<>(list());
        List<Node> own = nodes.stream().filter(node -> node.name.equals(name)).toList();
        own.stream().limit(Math.max(0, own.size() - MOST_OF_ONE + 1)).forEach(nodes::remove);
        if (nodes.size() >= MOST) {
            throw new IllegalArgumentException("there are " + MOST + " credentials of nodes (expected: fewer)");
        }
        nodes.add(new Node(name, hash(credential), now.truncatedTo(ChronoUnit.SECONDS)));
        keep(nodes);
        return credential;
    }

    /** From now on none of this node's credentials holds; how many did. Blocks. */
    public synchronized int revoke(String name) throws IOException {
        List<Node> left =
                list().stream().filter(node -> !node.name.equals(name)).toList();
        int revoked = byHash.size() - left.size();
        if (revoked > 0) {
            keep(left);
            onRevoked.run();
        }
        return revoked;
    }

    private void keep(List<Node> nodes) throws IOException {
        StringBuilder text = new StringBuilder(TITLE);
        Map<String, Node> next = new HashMap<>();
        for (Node node : nodes) {
            next.put(node.hash, node);
            text.append(node.name)
                    .append(' ')
                    .append(node.hash)
                    .append(' ')
                    .append(node.issued)
                    .append('\n');
        }
        write(text.toString());
        byHash = Map.copyOf(next);
    }

    private void write(String text) throws IOException {
        Path parent = Files.createDirectories(file.toAbsolutePath().getParent());
        Path temporary = Files.createTempFile(
                parent,
                ".new-",
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                for (ByteBuffer left = StandardCharsets.US_ASCII.encode(text); left.hasRemaining(); ) {
                    channel.write(left);
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel directory = FileChannel.open(parent, StandardOpenOption.READ)) {
                directory.force(true);
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static String shown(String name) {
        return name.length() <= 64 ? name : name.substring(0, 64) + "...";
    }

    private static String random() {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String hash(String credential) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256").digest(credential.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
