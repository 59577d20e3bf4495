package io.entrepot.server.audit.tlog;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Random;

/**
 * Records as a mirror under a fleet writes them, about 600 bytes each: decisions and the transfers that follow them. The
 * same seed gives the same records; a record depends on nothing but its index.
 */
public final class AuditRecords {

    private static final Instant BEGIN = Instant.parse("2026-11-27T00:00:00Z");
    private static final String[] NAMES = {
        "library/alpine", "library/nginx", "library/redis", "bitnami/postgresql", "grafana/grafana", "prom/prometheus",
        "istio/proxyv2", "calico/node", "cilium/cilium", "acme/checkout", "acme/search", "acme/billing-worker"
    };

    private final long seed;
    private final int nodes;

    public AuditRecords(long seed, int nodes) {
        this.seed = seed;
        this.nodes = nodes;
    }

    /** The record at this place, as JSON. */
    public byte[] at(long index) {
        Random random = new Random(seed * 31 + index);
        random.nextLong();
        return (random.nextInt(3) == 0 ? decision(index, random) : transfer(index, random))
                .getBytes(StandardCharsets.UTF_8);
    }

    private String decision(long index, Random random) {
        String name = NAMES[random.nextInt(NAMES.length)];
        String tag = "1." + random.nextInt(40) + "." + random.nextInt(10);
        return head(index, "decision", random)
                + ",\"verdict\":\"allow\",\"rule\":\"hub-official\",\"mode\":\"enforce\",\"kind\":\"manifest\",\"method\":\""
                + (random.nextBoolean() ? "HEAD" : "GET") + "\",\"asked\":\"docker.io/" + name + ":" + tag
                + "\",\"registry\":\"docker.io\",\"repository\":\"" + name + "\",\"tag\":\"" + tag + "\",\"digest\":\""
                + digest(name + tag) + "\",\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"size\":"
                + (1000 + random.nextInt(9000)) + ",\"tagAge\":" + random.nextInt(300)
                + ",\"policy\":\"9f86d081884c7d65\",\"settings\":4" + client(random)
                + ",\"cache\":\"hit\",\"upstream\":\"docker.io\",\"status\":200}";
    }

    private String transfer(long index, Random random) {
        String name = NAMES[random.nextInt(NAMES.length)];
        String tag = "1." + random.nextInt(40) + "." + random.nextInt(10);
        long bytes = random.nextInt(200_000_000);
        return head(index, "transfer", random) + ",\"decision\":" + Math.max(0, index - 1 - random.nextInt(20))
                + ",\"kind\":\"blob\",\"registry\":\"docker.io\",\"repository\":\"" + name + "\",\"digest\":\""
                + digest(name + tag + random.nextInt(8)) + "\",\"image\":\"" + digest(name + tag + "i")
                + "\",\"root\":\""
                + digest(name + tag) + "\",\"forTag\":\"" + tag + "\"" + client(random) + ",\"bytes\":" + bytes
                + ",\"complete\":true,\"ms\":" + (bytes / 100_000 + random.nextInt(20)) + ",\"cache\":\"hit\"}";
    }

    private static String head(long index, String type, Random random) {
        Instant time = BEGIN.plusNanos((index * 700 + random.nextInt(700)) * 1000);
        return "{\"seq\":" + index + ",\"time\":\"" + time + "\",\"type\":\"" + type + "\"";
    }

    private String client(Random random) {
        int node = random.nextInt(nodes);
        return ",\"client\":\"10.4." + node / 250 + "." + (1 + node % 250) + "\",\"port\":"
                + (1024 + random.nextInt(60000))
                + ",\"principal\":\"system:node:worker-" + node + "\",\"proof\":\"mtls\",\"node\":\"worker-" + node
                + "\",\"agent\":\"containerd/2.1.9\"";
    }

    private static String digest(String of) {
        return "sha256:" + HexFormat.of().formatHex(Hasher.sha256().digest(of.getBytes(StandardCharsets.UTF_8)));
    }
}
