package io.entrepot.server.pull;

import io.entrepot.server.access.Principal;
import io.entrepot.server.content.Content;
import io.entrepot.server.content.Resolved;
import io.entrepot.server.policy.Moment;
import io.entrepot.server.policy.Subject;
import java.util.concurrent.CompletableFuture;

/** What a pull would know of content that is held, for a person who asks what would become of one. */
public record Subjects(Content content) {

    /** What rules would be held against. */
    public CompletableFuture<Subject> of(
            Settings settings, Route route, Principal principal, Moment now, Resolved resolved) {
        return new Judge(content, settings.policy(), route.upstream(), route.repository(), Askers.of(principal), now)
                .subject(resolved);
    }
}
