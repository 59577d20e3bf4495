-- title: Most pulled
-- about: The images that were pulled most, what they moved, and what the upstreams were spared. A download that several clients shared counts once an hour.
-- column: name text Repository, with its registry
-- column: pulls number Pulls that fetched something
-- column: checks number Times it was only checked
-- column: clients number Clients
-- column: served bytes What went out
-- column: fetched bytes What was fetched from the upstream for it
-- column: saved bytes The difference
-- given came
SELECT registry || '/' || repository AS name, digest, date_trunc('hour', make_timestamp(epoch_us(time))) AS hour,
    coalesce(max(bytes) FILTER (cache <> 'relay'), 0) + coalesce(sum(bytes) FILTER (cache = 'relay'), 0) AS fetched
FROM chosen WHERE type = 'transfer' AND cache IN ('fill', 'fetched', 'miss', 'relay') AND ${scope} GROUP BY ALL
-- given sums
SELECT name, served, coalesce(fetched, 0)::BIGINT AS fetched
FROM (SELECT name, sum(bytes)::BIGINT AS served FROM pulls GROUP BY name)
    LEFT JOIN (SELECT name, sum(fetched) AS fetched FROM came GROUP BY name) USING (name)
-- rows
SELECT name, pulls, checks, clients, coalesce(served, 0) AS served, coalesce(fetched, 0) AS fetched, greatest(coalesce(served - fetched, 0), 0) AS saved
FROM (SELECT name, count(*) FILTER (outcome IN ('wholly', 'partly')) AS pulls, count(*) FILTER (outcome = 'checked') AS checks,
        count(DISTINCT client) AS clients FROM pulls WHERE outcome NOT IN ('refused', 'failed') GROUP BY name)
    LEFT JOIN sums USING (name)
ORDER BY pulls DESC, served DESC, name LIMIT ${limit}
-- figures
SELECT coalesce(sum(served), 0)::BIGINT AS "Served:bytes", coalesce(sum(fetched), 0)::BIGINT AS "Fetched from upstreams:bytes",
    coalesce(sum(greatest(served - fetched, 0)), 0)::BIGINT AS "Saved:bytes",
    (SELECT count(*) FROM pulls WHERE outcome IN ('wholly', 'partly')) AS "Pulls", count(*) AS "Repositories" FROM sums
-- chart ranked number Pulls
SELECT name, count(*) FROM pulls WHERE outcome IN ('wholly', 'partly') GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 15
-- chart ranked bytes Served
SELECT name, served FROM sums ORDER BY 2 DESC, 1 LIMIT 15
