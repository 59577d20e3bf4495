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
-- given clients
SELECT client, min(coalesce(node, chr(1114111))) AS low, max(coalesce(node, chr(1114111))) AS high, count(DISTINCT name) AS names
FROM pulls WHERE outcome NOT IN ('refused', 'failed') GROUP BY client
-- given first_ones
/* Each client has a row for each of its names at least: of so many clients, in their order, enough rows come for what is shown. */
SELECT client FROM clients, (SELECT min((high, client)) AS enough
    FROM (SELECT high, client, sum(names) OVER (ORDER BY high, client ROWS UNBOUNDED PRECEDING) AS so_far FROM clients) WHERE so_far >= ${limit})
WHERE enough IS NULL OR (low, client) <= enough
-- given page
/* What is shown is chosen first, and looked at closely then. */
SELECT arg_max(node, pull) AS node, client, name, root, image, min(began) AS first
FROM pulls WHERE outcome NOT IN ('refused', 'failed') AND client IN (SELECT client FROM first_ones) GROUP BY client, name, root, image
ORDER BY 1, client, name, first, root, image LIMIT ${limit}
-- given parts
SELECT DISTINCT manifest, digest FROM layers WHERE part <> 'child' AND manifest IN (SELECT image FROM page WHERE image IS NOT NULL)
-- given had
SELECT DISTINCT client, digest FROM carried t
WHERE type = 'transfer' AND complete AND bytes >= size AND ${period} AND client IN (SELECT client FROM page) AND digest IN (SELECT digest FROM parts)
-- given went
SELECT client, image, count(*) AS blobs FROM (SELECT DISTINCT client, image FROM page) JOIN parts ON manifest = image JOIN had USING (client, digest)
GROUP BY ALL
-- rows
WITH details AS (
    SELECT client, name, root, image, list_sort(list(DISTINCT tag) FILTER (tag IS NOT NULL))::VARCHAR[] AS tags,
        bool_or(outcome = 'wholly') AS wholly, bool_or(outcome = 'partly') AS partly,
        count(*) FILTER (outcome IN ('wholly', 'partly')) AS pulls, count(*) FILTER (outcome = 'checked') AS checks,
        list_sort(list(DISTINCT namespace) FILTER (namespace IS NOT NULL)) AS namespaces, sum(bytes)::BIGINT AS bytes, max(began) AS last
    FROM (SELECT * FROM pulls WHERE outcome NOT IN ('refused', 'failed') AND client IN (SELECT client FROM page)) t
    WHERE EXISTS (SELECT 1 FROM page p WHERE p.client = t.client AND p.name = t.name
            AND p.root IS NOT DISTINCT FROM t.root AND p.image IS NOT DISTINCT FROM t.image)
    GROUP BY client, name, root, image
), sized AS (SELECT manifest, count(*) AS blobs FROM parts GROUP BY 1)
SELECT g.node, g.client, g.name, tags, g.root AS digest, g.image,
    CASE WHEN wholly OR w.blobs >= s.blobs THEN 'all' WHEN partly OR w.blobs > 0 THEN 'part' ELSE 'checked' END AS has,
    coalesce(w.blobs, 0) AS blobs, s.blobs AS of, pulls, checks, namespaces, bytes, first, last
FROM page g JOIN details d ON d.client = g.client AND d.name = g.name AND d.root IS NOT DISTINCT FROM g.root AND d.image IS NOT DISTINCT FROM g.image
    LEFT JOIN went w ON w.client = g.client AND w.image = g.image LEFT JOIN sized s ON s.manifest = g.image
ORDER BY g.node, g.client, g.name, first, g.root, g.image
-- figures
SELECT count(DISTINCT client) AS "Nodes that asked", count(DISTINCT client) FILTER (outcome = 'wholly') AS "Nodes that have it",
    count(*) FILTER (outcome = 'wholly') AS "Whole pulls", count(*) FILTER (outcome = 'partly') AS "Broken off",
    max(began) AS "Last pull:time" FROM pulls WHERE outcome NOT IN ('refused', 'failed')
-- chart days number Pulls a day
SELECT strftime(day, '%Y-%m-%d'), n FROM (SELECT make_timestamp(epoch_us(began))::DATE AS day, count(*) AS n FROM pulls WHERE outcome NOT IN ('refused', 'failed') GROUP BY 1) ORDER BY 1
