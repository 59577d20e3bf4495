package io.entrepot.loadtest.soak;

import io.entrepot.loadtest.Blob;
import io.entrepot.loadtest.soak.Catalogue.Entry;
import io.entrepot.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;

/** A pull of a large blob that takes a few seconds: under way when the mirror is told to end. */
final class LastPull implements Runnable {

    /** What is counted when such a pull comes to its end, and is right. */
    static final String WHOLE = "last pull whole";

    /** What is counted when such a pull does not come to its end. */
    static final String CUT = "last pull CUT";

    private final Catalogue catalogue;
    private final Random random;
    private final URI mirror;
    private final Outcomes outcomes;

    LastPull(Catalogue catalogue, long seed, URI mirror, Outcomes outcomes) {
        this.catalogue = catalogue;
        this.random = new Random(seed);
        this.mirror = mirror;
        this.outcomes = outcomes;
    }

    @Override
    public void run() {
        Entry entry = catalogue.large(random);
        Blob blob = catalogue.largest(entry);
        try {
            URI uri = mirror.resolve("/v2/docker.io/" + entry.repository() + "/blobs/" + blob.digest());
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
            outcomes.count(read(connection).equals(blob.digest()) ? WHOLE : CUT);
        } catch (IOException e) {
            outcomes.count(CUT);
        }
    }

    private static Digest read(HttpURLConnection connection) throws IOException {
        MessageDigest hash = Digest.Algorithm.SHA256.newHash();
        byte[] buffer = new byte[64 * 1024];
        try (InputStream in = connection.getInputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                hash.update(buffer, 0, read);
                Vitals.nap(20);
            }
        }
        return Digest.parse("sha256:" + HexFormat.of().formatHex(hash.digest()));
    }
}
