package io.entrepot.server.policy;

import io.entrepot.config.PolicyConfig;
import io.entrepot.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * What names a policy in records: the head of a hash of all that it says, its pins and denied digests too. The same text is the
 * same version on every mirror; since when a rule has been in force is not part of it.
 */
final class PolicyVersion {

    private static final int BYTES = 8;

    private PolicyVersion() {}

    /** Sixteen hexadecimal digits. */
    static String of(PolicyConfig config, PullPolicy.Basis basis) {
        MessageDigest hash = Digest.Algorithm.SHA256.newHash();
        add(hash, config.toString());
        basis.denied().stream().map(Digest::toString).sorted().forEach(digest -> add(hash, digest));
        basis.pins().pins().entrySet().stream()
                .flatMap(repository -> repository.getValue().entrySet().stream()
                        .map(pin -> repository.getKey() + ":" + pin.getKey().name() + " "
                                + pin.getValue().digest()))
                .sorted()
                .forEach(pin -> add(hash, pin));
        return HexFormat.of().formatHex(hash.digest(), 0, BYTES);
    }

    private static void add(MessageDigest hash, String text) {
        hash.update(text.getBytes(StandardCharsets.UTF_8));
        hash.update((byte) '\n');
    }
}
