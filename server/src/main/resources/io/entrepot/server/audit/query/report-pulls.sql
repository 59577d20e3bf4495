-- title: Pulls
-- about: Each pull, the newest first: who, what, by which tag, and whether it arrived.
-- column: began time When the first request came
-- column: name text Repository, with its registry
-- column: tag text Tag that was asked for
-- column: digest text What the tag, or the reference, resolved to
-- column: outcome text refused, failed, checked only, partly or wholly transferred
-- column: node text Node
-- column: client text Its address
-- column: namespace text Namespace
-- column: principal text Who asked
-- column: rule text The rule that decided
-- column: attempts number Requests at the top: tries with several secrets, retries of what was refused
-- column: blobs number Blobs that were begun
-- column: bytes bytes What went out
-- column: pull number Seq of its first record
-- rows
SELECT began, name, tag, root AS digest, outcome, node, client, namespace, principal, rule, attempts, blobs, bytes, pull
FROM pulls ORDER BY pull DESC LIMIT ${limit}
-- figures
SELECT count(*) AS "Pulls", count(*) FILTER (outcome = 'wholly') AS "Wholly", count(*) FILTER (outcome = 'partly') AS "Partly",
    count(*) FILTER (outcome = 'checked') AS "Checked only", count(*) FILTER (outcome IN ('refused', 'failed')) AS "Not given",
    count(DISTINCT client) AS "Clients", coalesce(sum(bytes), 0)::BIGINT AS "Transferred:bytes" FROM pulls
-- chart days number Pulls a day
SELECT strftime(day, '%Y-%m-%d'), n FROM (SELECT make_timestamp(epoch_us(began))::DATE AS day, count(*) AS n FROM pulls GROUP BY 1) ORDER BY 1
