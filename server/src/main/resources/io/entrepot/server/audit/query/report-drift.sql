-- title: Tags that moved
-- about: Every digest that a tag had in this time, when it was given out, and which nodes got which.
-- column: name text Repository, with its registry
-- column: tag text Tag
-- column: digest text A digest that it had
-- column: current yes-no Whether it was the last one given out
-- column: first time First given out
-- column: last time Last given out
-- column: pulls number Pulls, checks included
-- column: nodes number Clients that fetched it
-- column: who text Their nodes, at most 50 by name
-- given meanings
SELECT name, tag, root AS digest, min(began) AS first, max(began) AS last, count(*) AS pulls,
    count(DISTINCT client) FILTER (outcome IN ('wholly', 'partly')) AS nodes,
    list_sort(list(DISTINCT coalesce(node, client)) FILTER (outcome IN ('wholly', 'partly')))[1:50] AS who
FROM pulls WHERE tag IS NOT NULL AND root IS NOT NULL AND outcome NOT IN ('refused', 'failed') GROUP BY name, tag, root
-- given moved
SELECT *, last = max(last) OVER (PARTITION BY name, tag) AS current FROM meanings
QUALIFY count(*) OVER (PARTITION BY name, tag) > 1
-- rows
SELECT name, tag, digest, current, first, last, pulls, nodes, who FROM moved ORDER BY name, tag, first, digest LIMIT ${limit}
-- figures
SELECT count(DISTINCT (name, tag)) AS "Tags that moved", count(*) AS "Digests they had",
    (SELECT count(DISTINCT (name, tag)) FROM meanings) AS "Tags in use",
    (SELECT count(*) FROM records t WHERE type = 'tag.rollback' AND ${period}) AS "Moved backwards" FROM moved
-- chart ranked number Digests of a tag
SELECT name || ':' || tag, count(*) FROM moved GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 15
