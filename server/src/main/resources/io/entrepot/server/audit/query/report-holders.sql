-- title: Who has it
-- about: Every node that pulled what was asked for, and how much of it went there. A node that had a layer already did not ask for it.
-- column: node text Node
-- column: client text Its address
-- column: name text Repository, with its registry
-- column: tags text Tags it was asked for by
-- column: digest text What they resolved to
-- column: image text The manifest of the image itself
-- column: has text all: every blob of it went there in this time, or what was begun arrived; part; checked: nothing was fetched
-- column: blobs number Blobs of the image that went there whole in this time, by whatever image
-- column: of number Blobs that the image has; nothing if its manifest is not on record
-- column: pulls number Pulls, checks left out
-- column: checks number Times it was only checked
-- column: namespaces text For which namespaces
-- column: bytes bytes What went out
-- column: first time First pull
-- column: last time Last pull
-- given parts
SELECT DISTINCT manifest, digest FROM layers WHERE part <> 'child' AND manifest IN (SELECT image FROM pulls WHERE image IS NOT NULL)
-- given went
SELECT t.client, l.manifest, count(DISTINCT t.digest) AS blobs
FROM records t JOIN parts l ON l.digest = t.digest
WHERE t.type = 'transfer' AND t.complete AND t.bytes >= t.size AND ${period} AND t.client IN (SELECT client FROM pulls) GROUP BY ALL
-- rows
WITH grouped AS (
    SELECT any_value(node) AS node, client, name, list_sort(list(DISTINCT tag) FILTER (tag IS NOT NULL))::VARCHAR[] AS tags, root, image,
        bool_or(outcome = 'wholly') AS wholly, bool_or(outcome = 'partly') AS partly,
        count(*) FILTER (outcome IN ('wholly', 'partly')) AS pulls, count(*) FILTER (outcome = 'checked') AS checks,
        list_sort(list(DISTINCT namespace) FILTER (namespace IS NOT NULL)) AS namespaces, sum(bytes)::BIGINT AS bytes,
        min(began) AS first, max(began) AS last
    FROM pulls WHERE outcome NOT IN ('refused', 'failed') GROUP BY client, name, root, image
), sized AS (SELECT manifest, count(*) AS blobs FROM parts GROUP BY 1)
SELECT node, g.client, name, tags, root AS digest, image,
    CASE WHEN wholly OR w.blobs >= s.blobs THEN 'all' WHEN partly OR w.blobs > 0 THEN 'part' ELSE 'checked' END AS has,
    coalesce(w.blobs, 0) AS blobs, s.blobs AS of, pulls, checks, namespaces, bytes, first, last
FROM grouped g LEFT JOIN went w ON w.client = g.client AND w.manifest = g.image LEFT JOIN sized s ON s.manifest = g.image
ORDER BY node, g.client, name, first LIMIT ${limit}
-- figures
SELECT count(DISTINCT client) AS "Nodes that asked", count(DISTINCT client) FILTER (outcome = 'wholly') AS "Nodes that have it",
    count(*) FILTER (outcome = 'wholly') AS "Whole pulls", count(*) FILTER (outcome = 'partly') AS "Broken off",
    max(began) AS "Last pull:time" FROM pulls WHERE outcome NOT IN ('refused', 'failed')
-- chart days number Pulls a day
SELECT strftime(day, '%Y-%m-%d'), n FROM (SELECT make_timestamp(epoch_us(began))::DATE AS day, count(*) AS n FROM pulls WHERE outcome NOT IN ('refused', 'failed') GROUP BY 1) ORDER BY 1
