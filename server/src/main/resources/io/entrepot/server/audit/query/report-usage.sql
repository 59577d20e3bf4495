-- title: Images in use
-- about: Which images were pulled, by namespace, node, team, principal or client (option by).
-- option: by namespace node team principal client
-- column: owner text The namespace, node, team, principal or client
-- column: name text Repository, with its registry
-- column: tags number Different tags
-- column: digests number Different digests
-- column: pulls number Pulls that fetched something
-- column: checks number Times it was only checked
-- column: bytes bytes What went out
-- column: last time Last pull
-- view used
SELECT *, ${by} AS owner FROM pulls WHERE outcome NOT IN ('refused', 'failed')
-- given page
/* What is shown is chosen first, and looked at closely then. */
SELECT owner, name, count(*) FILTER (outcome IN ('wholly', 'partly')) AS pulls, count(*) FILTER (outcome = 'checked') AS checks,
    sum(bytes)::BIGINT AS bytes, max(began) AS last
FROM used GROUP BY owner, name ORDER BY owner NULLS LAST, pulls DESC, name LIMIT ${limit}
-- rows
SELECT p.owner, p.name, tags, digests, pulls, checks, bytes, last
FROM page p JOIN (SELECT owner, name, count(DISTINCT tag) AS tags, count(DISTINCT root) AS digests FROM used u
        WHERE EXISTS (SELECT 1 FROM page p WHERE p.owner IS NOT DISTINCT FROM u.owner AND p.name = u.name) GROUP BY owner, name) d
    ON d.owner IS NOT DISTINCT FROM p.owner AND d.name = p.name
ORDER BY p.owner NULLS LAST, pulls DESC, p.name
-- figures
SELECT count(DISTINCT owner) AS "Owners", count(DISTINCT name) AS "Repositories", count(DISTINCT root) AS "Digests",
    count(*) FILTER (outcome IN ('wholly', 'partly')) AS "Pulls", coalesce(sum(bytes), 0)::BIGINT AS "Transferred:bytes" FROM used
-- chart ranked number Pulls by owner
SELECT coalesce(owner, '(none)'), count(*) FILTER (outcome IN ('wholly', 'partly')) FROM used GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 15
-- chart ranked bytes Transferred by owner
SELECT coalesce(owner, '(none)'), sum(bytes) FROM used GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 15
