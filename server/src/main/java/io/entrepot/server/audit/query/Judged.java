package io.entrepot.server.audit.query;

/** What rules say of an image; whoever knows the rules answers. */
@FunctionalInterface
public interface Judged {

    Verdict judge(Asked asked);

    /**
     * A question to the rules. What is not known is empty.
     *
     * @param repository the path, without the registry
     */
    record Asked(String registry, String repository, String tag, String digest, String namespace, String principal) {

        String image() {
            return registry + "/" + repository + (tag.isEmpty() ? "" : ":" + tag)
                    + (digest.isEmpty() || !tag.isEmpty() ? "" : "@" + digest);
        }
    }

    /**
     * Their answer.
     *
     * @param verdict allow or deny; depends, if content that is not at hand would decide
     * @param rule the rule that decided; empty: the default
     * @param reason in words; may be empty
     * @param basis what content would be held against, if that would decide: the same for what decides the same of it
     */
    record Verdict(String verdict, String rule, String reason, Object basis) {

        public Verdict(String verdict, String rule, String reason) {
            this(verdict, rule, reason, "");
        }
    }
}
