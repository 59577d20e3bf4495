package io.entrepot.server.http;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.pull.Address;
import io.entrepot.server.pull.Client;
import io.entrepot.server.pull.PullRequest;
import io.entrepot.server.pull.ReferrersRequest;
import io.entrepot.server.pull.TagsRequest;
import java.util.Locale;

/**
 * Reads what a request asks for out of its target, once. The path is never decoded: what would need it is refused. Names
 * are read from the right, because they may contain segments such as {@code manifests} or {@code blobs}:
 *
 * <pre>
 *   /v2/                                      /mount/v2/
 *   /v2/NAME/manifests/TAG-OR-DIGEST          /mount/v2/NAME/…
 *   /v2/NAME/blobs/DIGEST
 *   /v2/NAME/tags/list
 *   /v2/NAME/referrers/DIGEST
 *   /token                                    /mount/token
 * </pre>
 */
final class RequestParser {

    private static final int MAX_PATH = 1_024;
    private static final int MAX_SHOWN = 64;

    private RequestParser() {}

    /** @throws RegistryException if there is no such route, or a name in it cannot be one */
    static Asked parse(RequestHead head, Peering peering) {
        RequestRules.check(head);
        String target = head.target();
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        requirePlain(path);
        Client asking = peering.client(head);
        if (TokenForm.isToken(path)) {
            return new Asked.Token(TokenQuery.of(head, target, "", asking));
        }
        Query query = question < 0 ? Query.NONE : Query.parse(target.substring(question + 1));
        return route(head, path, query, asking);
    }

    /** A form that asks for a token. @throws RegistryException if it cannot be read */
    static Asked parse(Received.Form form, Peering peering) {
        RequestHead head = form.head();
        RequestRules.checkForm(head);
        int question = head.target().indexOf('?');
        requirePlain(question < 0 ? head.target() : head.target().substring(0, question));
        return new Asked.Token(TokenQuery.of(head, head.target(), form.text(), peering.client(head)));
    }

    private static void requirePlain(String path) {
        if (path.length() > MAX_PATH) {
            throw new RegistryException.BadRequest(
                    414, "the path is too long (expected: at most " + MAX_PATH + " characters)");
        }
        if (!path.startsWith("/")) {
            throw bad("the request target does not begin with / (expected: a path)");
        }
        for (int i = 0; i < path.length(); i++) {
            if (!isPlain(path.charAt(i))) {
                throw bad("the path has a character that names do not have (expected: no escapes)");
            }
        }
        if (path.contains("//") || hasDotSegment(path)) {
            throw bad("the path has an empty or a dot segment (expected: neither)");
        }
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "/._-:@+=~![]".indexOf(c) >= 0;
    }

    private static boolean hasDotSegment(String path) {
        return path.contains("/./") || path.contains("/../") || path.endsWith("/.") || path.endsWith("/..");
    }

    private static Asked route(RequestHead head, String path, Query query, Client client) {
        int inside = path.indexOf("/v2/");
        int v2 = inside < 0 && path.endsWith("/v2") ? path.length() - 3 : inside;
        if (v2 < 0) {
            throw noRoute(path);
        }
        String mount = v2 == 0 ? "" : path.substring(1, v2);
        String rest = v2 + 4 > path.length() ? "" : path.substring(v2 + 4);
        return rest.isEmpty() ? new Asked.Ping(mount, client) : route(head, mount, rest, query, client);
    }

    private static Asked route(RequestHead head, String mount, String rest, Query query, Client client) {
        int last = rest.lastIndexOf('/');
        int before = last < 0 ? -1 : rest.lastIndexOf('/', last - 1);
        if (before <= 0) {
            throw noRoute(rest);
        }
        Address address = new Address(
                mount, rest.substring(0, before), query.ns(), head.value("Host").toLowerCase(Locale.ROOT));
        String reference = rest.substring(last + 1);
        return switch (rest.substring(before + 1, last)) {
            case "manifests" -> pull(head, address, new PullRequest.Target.Manifest(reference(reference)), client);
            case "blobs" -> blob(head, address, reference, client);
            case "tags" -> tags(address, reference, query, client);
            case "referrers" ->
                new Asked.Referrers(new ReferrersRequest(
                        address, digest(reference), query.artifactType(), query.limit(), query.last(), client));
            case "uploads" -> throw upload(address.path(), rest);
            default -> throw noRoute(rest);
        };
    }

    private static Asked pull(RequestHead head, Address address, PullRequest.Target target, Client client) {
        return new Asked.Pull(new PullRequest(address, target, head.isHead(), client));
    }

    private static Asked blob(RequestHead head, Address address, String reference, Client client) {
        if (reference.equals("uploads")) {
            throw readOnly();
        }
        return pull(head, address, new PullRequest.Target.Blob(digest(reference)), client);
    }

    private static Asked tags(Address address, String reference, Query query, Client client) {
        if (!reference.equals("list")) {
            throw noRoute("tags/" + reference);
        }
        return new Asked.Tags(new TagsRequest(address, query.limit(), query.lastTag(), client));
    }

    private static Reference reference(String text) {
        if (text.indexOf(':') >= 0) {
            return new Reference.ByDigest(digest(text));
        }
        try {
            return new Reference.Tag(text);
        } catch (IllegalArgumentException e) {
            // a tag that cannot be there is not there: the spec wants a 404
            throw new RegistryException.ManifestUnknown(String.valueOf(e.getMessage()));
        }
    }

    private static Digest digest(String text) {
        try {
            return Digest.parse(text);
        } catch (IllegalArgumentException e) {
            throw new RegistryException.DigestInvalid(String.valueOf(e.getMessage()));
        }
    }

    private static RegistryException upload(String name, String rest) {
        return name.endsWith("/blobs") ? readOnly() : noRoute(rest);
    }

    private static RegistryException readOnly() {
        return new RegistryException.Unsupported("uploads: the mirror is read-only (expected: a GET of content)");
    }

    private static RegistryException noRoute(String path) {
        return new RegistryException.NameUnknown("no such route: " + shown(path));
    }

    private static RegistryException bad(String message) {
        return new RegistryException.BadRequest(400, message);
    }

    private static String shown(String text) {
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
    }
}
