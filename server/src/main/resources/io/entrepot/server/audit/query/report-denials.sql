-- title: Refusals, and what was pulled in spite of them
-- about: What was refused to whom, and whether the same client got the same reference later, or another client did.
-- column: name text Repository, with its registry
-- column: reference text Tag, or digest
-- column: rule text The rule that refused
-- column: reason text In the words that the client was told
-- column: node text Node
-- column: client text Its address
-- column: namespace text Namespace
-- column: refusals number Pulls that were refused; tries of one pull are one
-- column: attempts number Requests in them
-- column: first time First refusal
-- column: last time Last refusal
-- column: later time When the same client pulled the same reference after the first refusal
-- column: later_digest text What it got
-- column: later_rule text By which rule
-- column: digest text What was refused last, if it was looked at
-- column: others number Other clients that got it after the first refusal
-- given refused
SELECT name, reference, rule, arg_max(reason, pull) AS reason, arg_max(node, pull) AS node, arg_max(root, pull) AS digest, client, namespace, count(*) AS refusals,
    sum(attempts)::BIGINT AS attempts, min(began) AS first, max(ended) AS last
FROM pulls WHERE outcome = 'refused' AND ${refusals} GROUP BY name, reference, rule, client, namespace
-- given later
SELECT r.name, r.reference, r.rule, r.client, r.namespace, g.began, g.root, g.rule AS by
FROM refused r ASOF JOIN (SELECT name, reference, client, began, root, rule FROM pulls
        SEMI JOIN (SELECT DISTINCT name, reference, client FROM refused) USING (name, reference, client)
        WHERE outcome NOT IN ('refused', 'failed')) g
    ON g.name = r.name AND g.reference = r.reference AND g.client = r.client AND r.first < g.began
-- given got
SELECT name, reference, client, max(began) AS last FROM pulls
SEMI JOIN (SELECT DISTINCT name, reference FROM refused) USING (name, reference)
WHERE outcome NOT IN ('refused', 'failed') GROUP BY ALL
-- given ranked
/* By each time at which a client got it last: how many got it then or later. */
SELECT DISTINCT name, reference, last, count(*) OVER (PARTITION BY name, reference ORDER BY last DESC RANGE UNBOUNDED PRECEDING) AS clients FROM got
-- given others
SELECT r.name, r.reference, r.rule, r.client, r.namespace, a.clients - CASE WHEN own.last > r.first THEN 1 ELSE 0 END AS others
FROM refused r ASOF JOIN ranked a ON a.name = r.name AND a.reference = r.reference AND r.first < a.last
    LEFT JOIN got own ON own.name = r.name AND own.reference = r.reference AND own.client = r.client
-- rows
SELECT r.name, r.reference, r.rule, r.reason, r.node, r.client, r.namespace, r.refusals, r.attempts, r.first, r.last,
    l.began AS later, l.root AS later_digest, l.by AS later_rule, r.digest, coalesce(o.others, 0) AS others
FROM refused r
    LEFT JOIN later l ON l.name = r.name AND l.reference = r.reference AND l.client = r.client
        AND l.rule IS NOT DISTINCT FROM r.rule AND l.namespace IS NOT DISTINCT FROM r.namespace
    LEFT JOIN others o ON o.name = r.name AND o.reference = r.reference AND o.client = r.client
        AND o.rule IS NOT DISTINCT FROM r.rule AND o.namespace IS NOT DISTINCT FROM r.namespace
ORDER BY l.began IS NULL, r.refusals DESC, r.name, r.reference, r.client, r.rule, r.namespace LIMIT ${limit}
-- figures
SELECT coalesce(sum(refusals), 0)::BIGINT AS "Refused pulls", count(DISTINCT client) AS "Clients", count(DISTINCT name) AS "Repositories",
    (SELECT count(*) FROM later) AS "Pulled later all the same",
    (SELECT coalesce(sum(repeats), 0)::BIGINT FROM records t WHERE type = 'repeated' AND ${period}) AS "Counted in bulk beside them" FROM refused
-- chart days number Refused pulls a day
SELECT strftime(day, '%Y-%m-%d'), n FROM (SELECT make_timestamp(epoch_us(began))::DATE AS day, count(*) AS n FROM pulls WHERE outcome = 'refused' AND ${refusals} GROUP BY 1) ORDER BY 1
-- chart ranked number Refused pulls by rule
SELECT coalesce(rule, '(default)'), sum(refusals) FROM refused GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10
