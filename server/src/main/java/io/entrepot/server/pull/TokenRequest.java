package io.entrepot.server.pull;

import io.entrepot.oci.RegistryException;
import io.entrepot.oci.Repository;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A client asks for a token (distribution's token protocol).
 *
 * @param mount what stands before {@code /token} in the path, as in {@link Address}
 * @param ns the registry that is meant, or empty
 * @param scopes what it wants to do, as in {@code repository:library/alpine:pull}
 */
public record TokenRequest(String mount, String ns, String host, List<String> scopes, Client client) {

    private static final int MOST = 16;
    private static final Pattern SCOPE = Pattern.compile("repository(?:\\([a-z0-9]+\\))?:([^ ]{1,512}):([a-z,*]*)");

    public TokenRequest {
        scopes = List.copyOf(scopes);
        if (scopes.size() > MOST) {
            throw new RegistryException.BadRequest(
                    400, "scope: " + scopes.size() + " of them (expected: at most " + MOST + ")");
        }
    }

    /** Where those lead that it wants to pull from; what leads nowhere is left out, and asked for in vain later. */
    Map<Repository, Route> routes(Router router) {
        Map<Repository, Route> routes = new LinkedHashMap<>();
        for (String scope : scopes) {
            Matcher matcher = SCOPE.matcher(scope);
            if (matcher.matches() && List.of(matcher.group(2).split(",")).contains("pull")) {
                try {
                    Route route = router.route(new Address(mount, matcher.group(1), ns, host));
                    routes.put(route.repository(), route);
                } catch (RegistryException e) {
                    // its pull will say why
                }
            }
        }
        return routes;
    }
}
