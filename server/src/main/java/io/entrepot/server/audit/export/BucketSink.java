package io.entrepot.server.audit.export;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Puts each line as an object of its own into a bucket, by day and in the order of time:
 * {@code checkpoints/date=2026-11-27/20261127T020304Z-1204.jsonl}. With a lock nobody can delete or change it until that ends, if
 * the bucket was made for that (Object Lock).
 */
public final class BucketSink implements Sink {

    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Bucket bucket;
    private final Optional<Lock> lock;
    private final InstantSource clock;

    /**
     * For how long an object stays as it is.
     *
     * @param mode {@code COMPLIANCE}: for everybody, the owner of the account included; {@code GOVERNANCE}: but for who may lift it
     */
    public record Lock(String mode, Duration time) {}

    public BucketSink(Bucket bucket, Optional<Lock> lock, InstantSource clock) {
        this.bucket = bucket;
        this.lock = lock;
        this.clock = clock;
    }

    @Override
    public void deliver(List<Entry> batch) throws IOException {
        Instant now = clock.instant();
        for (Entry entry : batch) {
            String key = "checkpoints/date=" + DAY.format(now) + "/" + TIME.format(now) + "-" + entry.seq() + ".jsonl";
            byte[] line = Lines.of(List.of(entry));
            bucket.put(key, line, headers(line, now));
        }
    }

    private Map<String, String> headers(byte[] line, Instant now) {
        Map<String, String> headers = new HashMap<>(Map.of("Content-Type", "application/x-ndjson"));
        lock.ifPresent(held -> {
            headers.put("x-amz-object-lock-mode", held.mode());
            Instant until = now.plus(held.time()).truncatedTo(ChronoUnit.SECONDS);
            headers.put("x-amz-object-lock-retain-until-date", until.toString());
            // asked for by S3 where an object is locked
            headers.put("Content-MD5", Base64.getEncoder().encodeToString(md5(line)));
        });
        return headers;
    }

    private static byte[] md5(byte[] bytes) {
        try {
            return MessageDigest.getInstance("MD5").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        bucket.close();
    }
}
