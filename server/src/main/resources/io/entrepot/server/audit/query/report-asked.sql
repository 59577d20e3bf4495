-- title: What was asked for
-- about: Each image with what decides about it: tag, digest, who, and what the verdict was.
-- column: registry text Registry
-- column: repository text Repository
-- column: tag text Tag
-- column: digest text What it resolved to
-- column: namespace text Namespace
-- column: principal text Who asked
-- column: outcome text What came of it last
-- column: rule text The rule that decided last
-- column: exemption text The reason without which the last one would have been refused
-- column: pulls number Pulls
-- column: last time Last time
-- rows
SELECT registry, repository, tag, root AS digest, namespace, principal, arg_max(outcome, pull) AS outcome, arg_max(rule, pull) AS rule,
    last(exemption ORDER BY pull) AS exemption, count(*) AS pulls, max(began) AS last
FROM pulls GROUP BY registry, repository, tag, root, namespace, principal
ORDER BY registry, repository, tag, digest, namespace, principal LIMIT ${limit}
