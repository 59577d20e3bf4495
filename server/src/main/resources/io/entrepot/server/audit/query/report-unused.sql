-- title: No longer pulled
-- about: Tags, or digests without a tag, that were pulled before this time and not in it.
-- column: name text Repository, with its registry
-- column: reference text Tag, or digest
-- column: last time When it was last given out
-- column: idle_days number Days since then
-- column: asked number Pulls and checks it had
-- column: clients number Clients that had asked for it
-- column: node text The node that was the last to ask
-- given idle
SELECT name, reference, max(began) AS last, count(*) AS asked, count(DISTINCT client) AS clients, arg_max(coalesce(node, client), pull) AS node
FROM all_pulls WHERE root IS NOT NULL AND outcome NOT IN ('refused', 'failed') GROUP BY ALL HAVING max(began) < ${from}
-- rows
SELECT name, reference, last, date_diff('day', last::TIMESTAMP, ${to}::TIMESTAMP) AS idle_days, asked, clients, node
FROM idle ORDER BY last, name, reference LIMIT ${limit}
-- figures
SELECT count(*) AS "References no longer pulled", count(DISTINCT name) AS "Repositories", min(last) AS "Longest ago:time" FROM idle
