package io.entrepot.server.pull;

import io.entrepot.server.access.Access;
import io.entrepot.server.content.TagPatterns;
import io.entrepot.server.policy.PullPolicy;

/** Everything of a pull that a reload can change, as one snapshot: a pull takes it once and keeps it. */
public record Settings(long version, Router router, TagPatterns tags, Access access, PullPolicy policy) {}
