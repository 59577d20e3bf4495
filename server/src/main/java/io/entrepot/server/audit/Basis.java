package io.entrepot.server.audit;

/**
 * Under what a decision was made, as it is recorded.
 *
 * @param policy the version of the rules: the head of a hash of all that they say
 * @param settings how often the configuration was read since the start
 * @param upstream its key in the configuration; empty: none
 * @param credential what names the credential that it is asked with, never the secret; empty: none
 * @param login the user name in what the caller brought for the upstream; empty: none
 */
public record Basis(String policy, long settings, String upstream, String credential, String login) {

    public static final Basis NONE = new Basis("", 0, "", "", "");
}
