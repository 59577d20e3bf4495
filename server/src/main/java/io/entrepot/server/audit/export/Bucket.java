package io.entrepot.server.audit.export;

import io.entrepot.server.net.HttpCall;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.HttpReply;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A bucket of S3, or of what speaks like it: objects are put into it. What fails and may pass is tried three times; who has
 * something to put keeps it until it is there. Blocks; any thread.
 */
public final class Bucket implements Closeable {

    /** What is larger goes in parts of this size; at most 10,000 of them (S3's limit), which is 78 GiB. */
    static final int PART = 8 << 20;

    private static final int ATTEMPTS = 3;
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final long PATIENCE_SECONDS = 300;
    private static final int MOST_ANSWER = 256 * 1024;
    private static final Set<Integer> MAY_PASS = Set.of(408, 429, 500, 502, 503, 504);
    private static final Set<String> OTHER_KEYS = Set.of(
            "ExpiredToken", "InvalidToken", "TokenRefreshRequired", "InvalidAccessKeyId", "ExpiredTokenException");
    private static final Pattern CODE = Pattern.compile("<Code>([A-Za-z0-9.]{1,64})</Code>");

    private final HttpClient client;
    private final URI root;
    private final Signing signing;
    private final Duration pause;

    /** Signs requests with the keys of an account. */
    public interface Signing extends Closeable {

        /** The call as it may be sent. Blocks. @throws IOException if there are no keys */
        HttpCall sign(HttpCall call) throws IOException;

        /** The keys of the last call were not taken: others are needed. */
        void refused();

        @Override
        default void close() {}
    }

    /** @param root the address of the bucket, and of a prefix in it, with a slash at its end */
    public Bucket(HttpClient client, URI root, Signing signing) {
        this(client, root, signing, PAUSE);
    }

    Bucket(HttpClient client, URI root, Signing signing, Duration pause) {
        this.client = client;
        this.root = root;
        this.signing = signing;
        this.pause = pause;
    }

    /**
     * Puts an object in the place of any that is there.
     *
     * @param key of letters, digits and {@code -_.=/}, below the prefix
     * @throws IOException if it may not be there
     */
    public void put(String key, byte[] body, Map<String, String> headers) throws IOException {
        send(new HttpCall(HttpCall.Method.PUT, uri(key, ""), headers, body));
    }

    /** Puts the content of a file, which is there as a whole or not at all. */
    public void put(String key, Path file, String mediaType) throws IOException {
        try (FileChannel content = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = content.size();
            Map<String, String> headers = Map.of("Content-Type", mediaType);
            if (size <= PART) {
                put(key, read(content, 0, (int) size), headers);
            } else {
                new Multipart(this, key).put(content, size, headers);
            }
        }
    }

    static byte[] read(FileChannel content, long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (content.read(bytes, position + bytes.position()) < 0) {
                throw new IOException("the file ends at " + content.size() + " bytes (expected: " + (position + length)
                        + " or more)");
            }
        }
        return bytes.array();
    }

    /** @param query with its question mark; empty: none */
    URI uri(String key, String query) {
        return URI.create(root + key + query);
    }

    /** What a service answered. */
    record Answer(int status, String etag, String region, String body) {

        String code() {
            Matcher code = CODE.matcher(body);
            return code.find() ? code.group(1) : "";
        }
    }

    /** The answer, of a request that succeeded. */
    Answer send(HttpCall call) throws IOException {
        for (int attempt = 1; ; attempt++) {
            boolean last = attempt == ATTEMPTS;
            try {
                Answer answer = once(call);
                if (answer.status() / 100 == 2 && answer.code().isEmpty()) {
                    return answer;
                }
                if (last || !mayPass(answer)) {
                    throw new Refused(refusal(answer));
                }
            } catch (Refused e) {
                throw e;
            } catch (IOException e) {
                if (last) {
                    throw e;
                }
            }
            rest(pause.multipliedBy(1L << attempt));
        }
    }

    /** It was asked, and did not want to. */
    private static final class Refused extends IOException {
        Refused(String message) {
            super(message);
        }
    }

    private boolean mayPass(Answer answer) {
        if (OTHER_KEYS.contains(answer.code())) {
            signing.refused();
            return true;
        }
        // an answer that begins well may end in an error: the last step of an upload in parts takes its time
        return MAY_PASS.contains(answer.status()) || answer.status() / 100 == 2;
    }

    private String refusal(Answer answer) {
        String where = answer.region().isEmpty() ? "" : "; the bucket is in " + answer.region();
        return root.getHost() + " answered " + answer.status() + " " + answer.code() + " (expected: 2xx" + where + ")";
    }

    private Answer once(HttpCall call) throws IOException {
        try (HttpReply reply = client.send(signing.sign(call)).get(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            byte[] body = reply.body(MOST_ANSWER).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return new Answer(
                    reply.status(),
                    reply.header("ETag").orElse(""),
                    reply.header("x-amz-bucket-region").orElse(""),
                    new String(body, StandardCharsets.UTF_8));
        } catch (ExecutionException | TimeoutException e) {
            @Nullable Throwable cause = e.getCause();
            throw new IOException(
                    root.getHost() + " cannot be reached: " + (cause == null ? e : cause).getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static void rest(Duration time) throws IOException {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        client.close();
        signing.close();
    }
}
