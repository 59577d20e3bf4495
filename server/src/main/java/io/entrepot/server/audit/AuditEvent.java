package io.entrepot.server.audit;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Repository;
import java.util.List;

/** What happened in one pull, as it is recorded. */
public sealed interface AuditEvent {

    /**
     * The pull was allowed: this content, under this reference, for this client.
     *
     * @param rule the rule that decided; empty: the default
     * @param warnings what rules that only warn would have refused
     * @param exemption the reason without which it would have been refused; empty: none
     */
    record Allowed(
            String client,
            Repository repository,
            String reference,
            Digest digest,
            String rule,
            List<String> warnings,
            String exemption)
            implements AuditEvent {
        public Allowed {
            warnings = List.copyOf(warnings);
        }
    }

    /** The pull was refused, in the words that the client was told, by this rule; empty: by none that has a name. */
    record Refused(String client, Repository repository, String reference, String rule, String reason)
            implements AuditEvent {}

    /** What was asked for lies in a registry that is not an upstream of this mirror. */
    record NotAnUpstream(String client, Repository repository, String reason) implements AuditEvent {}

    /** Nothing here has the name that was asked for; it is as the client wrote it. */
    record Unroutable(String client, String name, String reason) implements AuditEvent {}

    /** The pull could not be answered; the status and the words are those that the client was told. */
    record Failed(String client, Repository repository, String reference, int status, String reason)
            implements AuditEvent {}

    /** An allowed pull ended: so many bytes went out, and whether that was all that was asked for. */
    record Ended(String client, Repository repository, Digest digest, long bytes, boolean complete)
            implements AuditEvent {}
}
