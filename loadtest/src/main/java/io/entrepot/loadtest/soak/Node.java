package io.entrepot.loadtest.soak;

import io.entrepot.loadtest.Blob;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Drained;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.soak.Catalogue.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** One client after another on one thread, most of them well behaved; every body that came whole is checked. */
final class Node implements Runnable {

    private final Catalogue catalogue;
    private final URI mirror;
    private final Outcomes outcomes;
    private final BooleanSupplier goesOn;
    private final Random random;

    Node(Catalogue catalogue, URI mirror, Outcomes outcomes, BooleanSupplier goesOn, long seed) {
        this.catalogue = catalogue;
        this.mirror = mirror;
        this.outcomes = outcomes;
        this.goesOn = goesOn;
        this.random = new Random(seed);
    }

    @Override
    public void run() {
        while (goesOn.getAsBoolean()) {
            try {
                once(random.nextInt(1_000));
            } catch (UncheckedIOException | IOException e) {
                // the connection ended: faults of the upstream, limits and reloads may do that, wrong bytes may not be
                outcomes.count("connection ended");
            }
        }
    }

    private void once(int dice) throws IOException {
        Entry entry = catalogue.any(random);
        if (dice < 400) {
            status("HEAD tag", RawHttp.head(uri(entry, "manifests/1")).status());
        } else if (dice < 600) {
            manifest(entry, dice % 2 == 0 ? "1" : entry.image().digest().toString());
        } else if (dice < 850) {
            blob(entry, entry.image().layer(random.nextInt(5)));
        } else if (dice < 920) {
            range(entry, entry.image().layer(random.nextInt(4)));
        } else if (dice < 940) {
            ranges(entry, entry.image().layer(random.nextInt(4)));
        } else if (dice < 960) {
            status(
                    "referrers",
                    RawHttp.get(uri(entry, "referrers/" + entry.image().digest()))
                            .status());
        } else if (dice < 970) {
            status(
                    "absent",
                    RawHttp.get(uri(entry, "manifests/none" + random.nextInt(1_000)))
                            .status());
        } else if (dice < 980) {
            status("tags", RawHttp.get(uri(entry, "tags/list")).status());
        } else if (dice < 997) {
            leave(catalogue.large(random), 1 + random.nextInt(200_000), 0);
        } else {
            leave(catalogue.large(random), 400_000, 20);
        }
    }

    private void manifest(Entry entry, String reference) {
        Response answer = RawHttp.get(uri(entry, "manifests/" + reference));
        status("manifest", answer.status());
        if (answer.status() == 200
                && answer.complete()
                && !answer.digest().toString().equals(answer.header("Docker-Content-Digest"))) {
            outcomes.wrong("manifest " + entry.repository() + ":" + reference + " is " + answer.digest());
        }
    }

    private void blob(Entry entry, Blob layer) {
        Drained answer = RawHttp.drain(uri(entry, "blobs/" + layer.digest()));
        status("blob", answer.status());
        if (answer.status() == 200 && answer.complete() && !answer.digest().equals(layer.digest())) {
            outcomes.wrong("blob " + layer.digest() + " is " + answer.digest());
        }
        if (answer.status() == 200 && !answer.complete()) {
            outcomes.count("blob cut short");
        }
    }

    private void range(Entry entry, Blob layer) {
        int size = (int) layer.size();
        int from = random.nextInt(size);
        int to = from + random.nextInt(size - from);
        Response answer = RawHttp.get(uri(entry, "blobs/" + layer.digest()), "Range: bytes=" + from + "-" + to);
        status("range", answer.status());
        if (answer.status() == 206
                && answer.complete()
                && !Arrays.equals(answer.body(), Arrays.copyOfRange(layer.bytes(), from, to + 1))) {
            outcomes.wrong("range " + from + "-" + to + " of " + layer.digest());
        }
    }

    private void ranges(Entry entry, Blob layer) {
        Response answer = RawHttp.get(uri(entry, "blobs/" + layer.digest()), "Range: bytes=0-9,100-199,-5");
        status("ranges", answer.status());
        String first = new String(layer.bytes(), 100, 100, StandardCharsets.ISO_8859_1);
        if (answer.status() == 206
                && answer.complete()
                && !new String(answer.body(), StandardCharsets.ISO_8859_1).contains(first)) {
            outcomes.wrong("ranges of " + layer.digest());
        }
    }

    /** Reads so many bytes of a large blob, with a pause in milliseconds before each read, and is gone. */
    private void leave(Entry entry, int bytes, int pause) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(32 * 1024);
            socket.setSoTimeout(30_000);
            socket.connect(new InetSocketAddress(mirror.getHost(), mirror.getPort()));
            String path =
                    uri(entry, "blobs/" + catalogue.largest(entry).digest()).getPath();
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: m\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[8_192];
            for (int read = 0; read < bytes && goesOn.getAsBoolean(); ) {
                Vitals.nap(pause);
                int now = in.read(buffer);
                read = now < 0 ? bytes : read + now;
            }
        }
        outcomes.count(pause == 0 ? "left in the middle" : "left, slow reader");
    }

    private void status(String what, int status) {
        outcomes.count(what + " " + status);
        boolean known = status == 200 || status == 206 || status == 404 || status == 502 || status == 503;
        if (!known || (status == 404 && !what.equals("absent"))) {
            outcomes.wrong(what + " answered " + status);
        }
    }

    private URI uri(Entry entry, String rest) {
        return mirror.resolve("/v2/docker.io/" + entry.repository() + "/" + rest);
    }
}
