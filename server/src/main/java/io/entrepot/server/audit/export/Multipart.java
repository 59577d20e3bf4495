package io.entrepot.server.audit.export;

import io.entrepot.server.net.HttpCall;
import io.entrepot.server.net.HttpCall.Method;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a large object in parts (S3's multipart upload), so that no more than one is in memory:
 *
 * <pre>
 *   POST KEY?uploads=                        ◄ UploadId
 *   PUT  KEY?partNumber=1&amp;uploadId=…        ◄ ETag, for each part
 *   POST KEY?uploadId=…                      ► numbers and ETags; the object is there
 * </pre>
 */
final class Multipart {

    private static final Logger LOG = LoggerFactory.getLogger(Bucket.class);
    private static final Pattern UPLOAD = Pattern.compile("<UploadId>([A-Za-z0-9._~+/=-]{1,1024})</UploadId>");
    private static final Pattern ETAG = Pattern.compile("\"[A-Za-z0-9+/=_-]{1,128}\"");
    private static final byte[] NOTHING = {};

    private final Bucket bucket;
    private final String key;

    Multipart(Bucket bucket, String key) {
        this.bucket = bucket;
        this.key = key;
    }

    void put(FileChannel content, long size, Map<String, String> headers) throws IOException {
        String upload = begin(headers);
        try {
            List<String> parts = new ArrayList<>();
            for (long at = 0; at < size; at += Bucket.PART) {
                byte[] part = Bucket.read(content, at, (int) Math.min(Bucket.PART, size - at));
                parts.add(part(upload, parts.size() + 1, part));
            }
            bucket.send(
                    call(Method.POST, "?uploadId=" + upload, Map.of("Content-Type", "application/xml"), all(parts)));
        } catch (IOException e) {
            abort(upload);
            throw e;
        }
    }

    private HttpCall call(Method method, String query, Map<String, String> headers, byte[] body) {
        return new HttpCall(method, bucket.uri(key, query), headers, body);
    }

    private String begin(Map<String, String> headers) throws IOException {
        Bucket.Answer answer = bucket.send(call(Method.POST, "?uploads=", headers, NOTHING));
        Matcher upload = UPLOAD.matcher(answer.body());
        if (!upload.find()) {
            throw new IOException("an upload in parts without an id (expected: UploadId)");
        }
        return encoded(upload.group(1));
    }

    /** As it stands in a query. */
    private static String encoded(String id) {
        return id.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D");
    }

    private String part(String upload, int number, byte[] bytes) throws IOException {
        String etag = bucket.send(call(Method.PUT, "?partNumber=" + number + "&uploadId=" + upload, Map.of(), bytes))
                .etag();
        if (!ETAG.matcher(etag).matches()) {
            throw new IOException("part " + number + " without an ETag (expected: one in quotes)");
        }
        return etag;
    }

    private static byte[] all(List<String> parts) {
        StringBuilder xml = new StringBuilder("<CompleteMultipartUpload>");
        for (int i = 0; i < parts.size(); i++) {
            xml.append("<Part><PartNumber>")
                    .append(i + 1)
                    .append("</PartNumber><ETag>")
                    .append(parts.get(i).replace("\"", "&quot;"))
                    .append("</ETag></Part>");
        }
        return xml.append("</CompleteMultipartUpload>").toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** Parts that belong to nothing cost money until a rule of the bucket removes them. */
    private void abort(String upload) {
        try {
            bucket.send(call(Method.DELETE, "?uploadId=" + upload, Map.of(), NOTHING));
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("cause", e.toString()).log("upload in parts not given up");
        }
    }
}
