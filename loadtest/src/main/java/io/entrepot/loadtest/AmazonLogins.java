package io.entrepot.loadtest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Amazon's: the metadata service of an instance (version 2 alone), the endpoint of a container ({@code /v1/credentials}),
 * the token service ({@code /sts/}), and the passwords of ECR ({@code /ecr/}, {@code /ecr-public/}).
 */
public final class AmazonLogins {

    private static final String ROLES = "/latest/meta-data/iam/security-credentials/";
    private static final Pattern SIGNED =
            Pattern.compile("AWS4-HMAC-SHA256 Credential=([A-Z0-9]+)/[0-9]{8}/([a-z0-9-]+)/([a-z-]+)/aws4_request,"
                    + " SignedHeaders=([a-z0-9;-]+), Signature=[0-9a-f]{64}");

    private final AtomicInteger count = new AtomicInteger();
    private final AtomicInteger sessions = new AtomicInteger();

    /** The session token of each key that was given out. */
    private final Map<String, String> given = new ConcurrentHashMap<>();

    private volatile Duration lifetime = Duration.ofHours(6);
    private volatile String role = "mirror-role";
    private volatile String containerToken = "";
    private volatile String webToken = "";
    private volatile String externalId = "";
    private volatile String lastRole = "";
    private volatile String lastPassword = "";

    AmazonLogins() {}

    void lifetime(Duration each) {
        lifetime = each;
    }

    /** The role of the instance; empty for none. */
    public void role(String name) {
        role = name;
    }

    /** What the container's endpoint wants as Authorization. */
    public void containerToken(String token) {
        containerToken = token;
    }

    /** The token of a service account, which the token service knows. */
    public void webToken(String token) {
        webToken = token;
    }

    /** What the token service wants from who assumes a role with keys; empty: nothing. */
    public void externalId(String id) {
        externalId = id;
    }

    /** The role that was last assumed with keys, and the name of the session. */
    public String lastRole() {
        return lastRole;
    }

    /** Takes requests that are signed with these keys, which are for ever. */
    public void know(String id) {
        given.put(id, "");
    }

    /** Whether a password is the last that was given out for a registry. */
    public boolean isPassword(String password) {
        return password.equals(lastPassword);
    }

    /** Takes no keys any more that were given out so far. */
    public void revoke() {
        given.clear();
    }

    Optional<Reply> answer(Request request) {
        String path = request.path();
        if (path.equals("/latest/api/token")) {
            return Optional.of(session(request));
        }
        if (path.startsWith(ROLES)) {
            return Optional.of(instance(request, path.substring(ROLES.length())));
        }
        return switch (path) {
            case "/v1/credentials" -> Optional.of(container(request));
            case "/sts/" -> Optional.of(assumed(request));
            case "/ecr/" -> Optional.of(password(request, "ecr", "AmazonEC2ContainerRegistry_V20150921"));
            case "/ecr-public/" -> Optional.of(password(request, "ecr-public", "SpencerFrontendService"));
            default -> Optional.empty();
        };
    }

    private Reply session(Request request) {
        if (!request.method().equals("PUT") || !request.headers().has("X-aws-ec2-metadata-token-ttl-seconds")) {
            return text(400, "Bad Request");
        }
        return text(200, "session-" + sessions.incrementAndGet());
    }

    private Reply instance(Request request, String name) {
        String session = request.headers().first("X-aws-ec2-metadata-token").orElse("");
        if (!session.equals("session-" + sessions.get())) {
            return text(401, "Unauthorized");
        }
        if (role.isEmpty() || !name.isEmpty() && !name.equals(role)) {
            return text(404, "Not Found");
        }
        return name.isEmpty() ? text(200, role) : Reply.json(200, keys().put("Code", "Success"));
    }

    private Reply container(Request request) {
        String shown = request.headers().first("Authorization").orElse("");
        return shown.equals(containerToken) ? Reply.json(200, keys()) : text(401, "Unauthorized");
    }

    private ObjectNode keys() {
        String id = "ASIA" + count.incrementAndGet();
        given.put(id, "token-of-" + id);
        return Json.object()
                .put("AccessKeyId", id)
                .put("SecretAccessKey", "secret-of-" + id)
                .put("Token", "token-of-" + id)
                .put("Expiration", Instant.now().plus(lifetime).toString());
    }

    private Reply assumed(Request request) {
        boolean asked = field(request, "Version").equals("2011-06-15")
                && field(request, "RoleArn").startsWith("arn:aws:iam::")
                && !field(request, "RoleSessionName").isEmpty();
        if (!asked) {
            return refused("ValidationError");
        }
        return switch (field(request, "Action")) {
            case "AssumeRoleWithWebIdentity" -> webIdentity(request);
            case "AssumeRole" -> role(request);
            default -> refused("InvalidAction");
        };
    }

    private static Reply refused(String code) {
        return xml(400, "<ErrorResponse><Error><Code>" + code + "</Code></Error></ErrorResponse>");
    }

    private Reply role(Request request) {
        if (!isSigned(request, "sts")) {
            return refused("InvalidClientTokenId");
        }
        if (!field(request, "ExternalId").equals(externalId)) {
            return refused("AccessDenied");
        }
        lastRole = field(request, "RoleArn") + " " + field(request, "RoleSessionName");
        return assumed("AssumeRole");
    }

    private Reply webIdentity(Request request) {
        if (webToken.isEmpty() || !field(request, "WebIdentityToken").equals(webToken)) {
            return xml(
                    400,
                    "<ErrorResponse><Error><Code>InvalidIdentityToken</Code>"
                            + "<Message>the token was " + field(request, "WebIdentityToken")
                            + "</Message></Error></ErrorResponse>");
        }
        return assumed("AssumeRoleWithWebIdentity");
    }

    private Reply assumed(String action) {
        ObjectNode keys = keys();
        return xml(
                200,
                "<" + action + "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" + action
                        + "Result><Credentials>"
                        + element("AccessKeyId", keys.path("AccessKeyId").asText())
                        + element(
                                "SecretAccessKey", keys.path("SecretAccessKey").asText())
                        + element("SessionToken", keys.path("Token").asText())
                        + element("Expiration", keys.path("Expiration").asText())
                        + "</Credentials></" + action + "Result></" + action + "Response>");
    }

    /** With keys that were given out or are known, for this service. */
    private boolean isSigned(Request request, String service) {
        Matcher signed = SIGNED.matcher(request.headers().first("Authorization").orElse(""));
        String session = request.headers().first("X-Amz-Security-Token").orElse("");
        return signed.matches()
                && signed.group(3).equals(service)
                && session.equals(given.get(signed.group(1)))
                && (session.isEmpty() || signed.group(4).contains("x-amz-security-token"));
    }

    private Reply password(Request request, String service, String target) {
        if (!request.headers().first("X-Amz-Target").orElse("").equals(target + ".GetAuthorizationToken")) {
            return Reply.json(400, Json.object().put("__type", "UnknownOperationException"));
        }
        if (!isSigned(request, service)
                || !request.headers().first("Authorization").orElse("").contains("x-amz-target")) {
            return Reply.json(400, Json.object().put("__type", "UnrecognizedClientException"));
        }
        ObjectNode data = Json.object();
        lastPassword = "password-" + count.incrementAndGet();
        String login = "AWS:" + lastPassword;
        data.put("authorizationToken", Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)))
                .put("expiresAt", Instant.now().plus(lifetime).toEpochMilli() / 1000.0);
        ObjectNode body = Json.object();
        if (service.equals("ecr")) {
            body.putArray("authorizationData").add(data);
        } else {
            body.set("authorizationData", data);
        }
        return Reply.json(200, body);
    }

    private static String field(Request request, String name) {
        return request.formFields(name).stream().findFirst().orElse("");
    }

    private static String element(String name, String text) {
        return "<" + name + ">" + text + "</" + name + ">";
    }

    private static Reply text(int status, String text) {
        return Reply.text(status, "text/plain", text);
    }

    private static Reply xml(int status, String text) {
        return Reply.text(status, "text/xml", text);
    }
}
