package io.entrepot.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A bucket of S3 with what an upload needs. It takes nothing whose signature (Version 4, computed here from the request as it
 * came), time or hash of the body is wrong, and fails as it is told.
 */
public final class FakeBucket implements AutoCloseable {

    public static final String ID = "AKIDEXAMPLE";
    public static final String SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    private static final Pattern AUTHORIZATION = Pattern.compile("AWS4-HMAC-SHA256 Credential=([^/]+)/(([0-9]{8})/"
            + "([a-z0-9-]+)/s3/aws4_request), ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final HttpServer server;
    private final Map<String, Stored> objects = new ConcurrentSkipListMap<>();
    private final Map<String, TreeMap<Integer, byte[]>> uploads = new ConcurrentSkipListMap<>();
    private final Deque<Fault> faults = new ArrayDeque<>(); // under itself
    private final List<String> requests = new ArrayList<>(); // under itself

    /** What was put, and with which headers, their names in lower case. */
    public record Stored(byte[] body, Map<String, String> headers) {

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** An answer in the place of the right one. */
    private record Fault(int status, String code) {}

    private static final class Refused extends Exception {
        private final int status;

        Refused(int status, String code) {
            super(code);
            this.status = status;
        }
    }

    private FakeBucket(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 16);
        server.createContext("/", this::answer);
        server.start();
    }

    public static FakeBucket start() throws IOException {
        return new FakeBucket(0);
    }

    /** One that is there again, with nothing in it, on the port of one that was closed. */
    public static FakeBucket startAt(int port) throws IOException {
        return new FakeBucket(port);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /** The objects, by bucket and key. */
    public Map<String, Stored> objects() {
        return objects;
    }

    /** Uploads in parts that neither ended nor were given up. */
    public int uploads() {
        return uploads.size();
    }

    /** The next request is answered so. */
    public void fail(int status, String code) {
        synchronized (faults) {
            faults.add(new Fault(status, code));
        }
    }

    /** Methods and paths that were asked for, in order. */
    public List<String> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        synchronized (requests) {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        }
        try {
            check(exchange, body);
            fail();
            String answer = done(exchange, body);
            send(exchange, 200, answer);
        } catch (Refused e) {
            send(exchange, e.status, "<Error><Code>" + e.getMessage() + "</Code></Error>");
        }
    }

    private void fail() throws Refused {
        Fault fault;
        synchronized (faults) {
            fault = faults.poll();
        }
        if (fault != null) {
            throw new Refused(fault.status, fault.code);
        }
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    private String done(HttpExchange exchange, byte[] body) throws Refused {
        String key = exchange.getRequestURI().getPath().substring(1);
        Map<String, String> query = query(exchange.getRequestURI());
        String upload = query.getOrDefault("uploadId", "");
        switch (exchange.getRequestMethod()) {
            case "PUT" -> {
                if (upload.isEmpty()) {
                    objects.put(key, new Stored(body, headers(exchange)));
                } else {
                    parts(upload).put(Integer.parseInt(query.getOrDefault("partNumber", "")), body);
                }
                exchange.getResponseHeaders().add("ETag", '"' + hex(md5(body)) + '"');
                return "";
            }
            case "POST" -> {
                if (query.containsKey("uploads")) {
                    String id = "up/" + uploads.size() + "+=";
                    uploads.put(id, new TreeMap<>());
                    return "<InitiateMultipartUploadResult><UploadId>" + id
                            + "</UploadId></InitiateMultipartUploadResult>";
                }
                objects.put(key, new Stored(joined(parts(upload), body), headers(exchange)));
                uploads.remove(upload);
                return "<CompleteMultipartUploadResult></CompleteMultipartUploadResult>";
            }
            case "DELETE" -> {
                uploads.remove(upload);
                return "";
            }
            default -> throw new Refused(405, "MethodNotAllowed");
        }
    }

    private TreeMap<Integer, byte[]> parts(String upload) throws Refused {
        TreeMap<Integer, byte[]> parts = uploads.get(upload);
        if (parts == null) {
            throw new Refused(404, "NoSuchUpload");
        }
        return parts;
    }

    /** Each part must be named with its ETag, and all but the last have 5 MiB. */
    private static byte[] joined(TreeMap<Integer, byte[]> parts, byte[] body) throws Refused {
        String said = new String(body, StandardCharsets.UTF_8);
        StringBuilder expected = new StringBuilder("<CompleteMultipartUpload>");
        int length = 0;
        for (Map.Entry<Integer, byte[]> part : parts.entrySet()) {
            expected.append("<Part><PartNumber>")
                    .append(part.getKey())
                    .append("</PartNumber><ETag>&quot;")
                    .append(hex(md5(part.getValue())))
                    .append("&quot;</ETag></Part>");
            length += part.getValue().length;
            if (part.getValue().length < 5 << 20 && !part.getKey().equals(parts.lastKey())) {
                throw new Refused(400, "EntityTooSmall");
            }
        }
        if (!said.contentEquals(expected.append("</CompleteMultipartUpload>"))) {
            throw new Refused(400, "InvalidPart");
        }
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] part : parts.values()) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    private static Map<String, String> headers(HttpExchange exchange) {
        Map<String, String> headers = new TreeMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
        return headers;
    }

    private static Map<String, String> query(URI uri) {
        Map<String, String> query = new TreeMap<>();
        if (uri.getQuery() != null) {
            for (String pair : uri.getQuery().split("&", -1)) {
                int equals = pair.indexOf('=');
                query.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        return query;
    }

    private static void check(HttpExchange exchange, byte[] body) throws Refused {
        Map<String, String> headers = headers(exchange);
        Matcher said = AUTHORIZATION.matcher(headers.getOrDefault("authorization", ""));
        if (!said.matches()) {
            throw new Refused(400, "AuthorizationHeaderMalformed");
        }
        if (!said.group(1).equals(ID)) {
            throw new Refused(403, "InvalidAccessKeyId");
        }
        List<String> signed = List.of(said.group(5).split(";", -1));
        boolean all = headers.keySet().stream()
                .filter(name -> name.startsWith("x-amz-") || name.equals("host") || name.equals("content-md5"))
                .allMatch(signed::contains);
        String time = headers.getOrDefault("x-amz-date", "");
        Duration off =
                Duration.between(TIME.parse(time, Instant::from), Instant.now()).abs();
        if (!all || !time.startsWith(said.group(3)) || off.compareTo(Duration.ofMinutes(15)) > 0) {
            throw new Refused(403, "AccessDenied");
        }
        String hash = hex(sha256(body));
        if (!hash.equals(headers.get("x-amz-content-sha256"))) {
            throw new Refused(400, "XAmzContentSHA256Mismatch");
        }
        Optional<String> md5 = Optional.ofNullable(headers.get("content-md5"));
        if (md5.isPresent() && !Arrays.equals(java.util.Base64.getDecoder().decode(md5.get()), md5(body))) {
            throw new Refused(400, "BadDigest");
        }
        if (headers.containsKey("x-amz-object-lock-mode") && md5.isEmpty()) {
            throw new Refused(400, "InvalidRequest");
        }
        String expected = signature(
                exchange.getRequestMethod(),
                exchange.getRequestURI(),
                signed,
                name -> headers.getOrDefault(name, ""),
                hash,
                said.group(2));
        if (!expected.equals(said.group(6))) {
            throw new Refused(403, "SignatureDoesNotMatch");
        }
    }

    /**
     * As "Authenticating Requests (AWS Signature Version 4)" of the S3 reference has it, for paths that are written in the one
     * way in which they are signed, but for equals signs.
     *
     * @param scope date/region/service/aws4_request
     */
    static String signature(
            String method, URI uri, List<String> signed, Function<String, String> header, String hash, String scope) {
        String path = uri.getRawPath().replace("=", "%3D");
        String query = uri.getRawQuery() == null
                ? ""
                : Arrays.stream(uri.getRawQuery().split("&", -1)).sorted().collect(Collectors.joining("&"));
        String headers = signed.stream()
                .map(name -> name + ":" + header.apply(name).strip() + "\n")
                .collect(Collectors.joining());
        String request =
                method + "\n" + path + "\n" + query + "\n" + headers + "\n" + String.join(";", signed) + "\n" + hash;
        String text = "AWS4-HMAC-SHA256\n" + header.apply("x-amz-date") + "\n" + scope + "\n"
                + hex(sha256(request.getBytes(StandardCharsets.UTF_8)));
        byte[] key = ("AWS4" + SECRET).getBytes(StandardCharsets.UTF_8);
        for (String part : scope.split("/", -1)) {
            key = hmac(key, part);
        }
        return hex(hmac(key, text));
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        return digest("SHA-256", bytes);
    }

    private static byte[] md5(byte[] bytes) {
        return digest("MD5", bytes);
    }

    private static byte[] digest(String algorithm, byte[] bytes) {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
