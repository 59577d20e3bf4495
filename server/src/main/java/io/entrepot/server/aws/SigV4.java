package io.entrepot.server.aws;

import io.entrepot.config.Secret;
import io.entrepot.server.net.HttpCall;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests as Amazon's services want it (Signature Version 4, in the Authorization header; "Create a signed AWS API
 * request" of the IAM guide, and "Authenticating Requests" of the S3 reference).
 *
 * <pre>
 *   canonical request = method \n path \n query \n header:value\n… \n signed names \n hex(sha256(body))
 *   string to sign    = AWS4-HMAC-SHA256 \n time \n date/region/service/aws4_request \n hex(sha256(canonical request))
 *   Authorization     = AWS4-HMAC-SHA256 Credential=id/date/region/…, SignedHeaders=…, Signature=hex(hmac(key, string))
 * </pre>
 */
public final class SigV4 {

    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final HexFormat HEX = HexFormat.of();

    /** What our own client or a proxy sets or changes. */
    private static final Set<String> UNSIGNED = Set.of(
            "authorization",
            "user-agent",
            "accept-encoding",
            "connection",
            "content-length",
            "expect",
            "transfer-encoding",
            "upgrade");

    private final String service;
    private final String region;
    private final boolean objects;

    private SigV4(String service, String region, boolean objects) {
        this.service = service;
        this.region = region;
        this.objects = objects;
    }

    /** For a service with an API, such as {@code sts} or {@code ecr}. */
    public static SigV4 of(String service, String region) {
        return new SigV4(service, region, false);
    }

    /** For S3 and what speaks like it: paths are taken as they are, and the hash of the body is a header. */
    public static SigV4 s3(String region) {
        return new SigV4("s3", region, true);
    }

    /**
     * The call with what was signed and the signature; its own headers are all signed. A space in its query is written
     * {@code %20}; a plus sign stands for itself.
     */
    public HttpCall sign(HttpCall call, AwsKeys keys, Instant now) {
        String time = TIME.format(now);
        String payload = HEX.formatHex(sha256(call.body()));
        Map<String, String> headers = new HashMap<>(call.headers());
        headers.put("X-Amz-Date", time);
        keys.sessionToken().map(Secret::reveal).ifPresent(token -> headers.put("X-Amz-Security-Token", token));
        if (objects) {
            headers.put("X-Amz-Content-Sha256", payload);
        }
        SortedMap<String, String> signed = signed(call, headers);
        String scope = time.substring(0, 8) + "/" + region + "/" + service + "/aws4_request";
        String text = String.join(
                "\n", ALGORITHM, time, scope, HEX.formatHex(sha256(utf8(canonical(call, signed, payload)))));
        headers.put(
                "Authorization",
                ALGORITHM + " Credential=" + keys.id() + "/" + scope + ", SignedHeaders=" + names(signed)
                        + ", Signature=" + HEX.formatHex(hmac(key(keys, time.substring(0, 8)), text)));
        return new HttpCall(call.method(), call.uri(), headers, call.body());
    }

    private static SortedMap<String, String> signed(HttpCall call, Map<String, String> headers) {
        SortedMap<String, String> signed = new TreeMap<>();
        headers.forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!UNSIGNED.contains(lower)) {
                signed.put(lower, value.strip().replaceAll(" +", " "));
            }
        });
        signed.put("host", call.host());
        return signed;
    }

    private String canonical(HttpCall call, SortedMap<String, String> signed, String payload) {
        String headers = signed.entrySet().stream()
                .map(header -> header.getKey() + ":" + header.getValue() + "\n")
                .collect(Collectors.joining());
        return String.join(
                "\n",
                call.method().name(),
                path(call.uri()),
                CanonicalUri.query(call.uri()),
                headers,
                names(signed),
                payload);
    }

    private String path(URI uri) {
        return objects ? CanonicalUri.objectPath(uri) : CanonicalUri.path(uri);
    }

    private static String names(SortedMap<String, String> signed) {
        return String.join(";", signed.keySet());
    }

    private byte[] key(AwsKeys keys, String date) {
        byte[] dated = hmac(utf8("AWS4" + keys.secret().reveal()), date);
        return hmac(hmac(hmac(dated, region), service), "aws4_request");
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(utf8(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
