-- title: Seen for the first time
-- about: Digests that were allowed in this time and never before, as far as the log goes back.
-- column: name text Repository, with its registry
-- column: tags text Tags under which they were asked for, at most 20
-- column: digest text The digest
-- column: first time When it was first given out
-- column: node text To which node
-- column: client text Its address
-- column: namespace text For which namespace
-- column: principal text To whom
-- given firsts
SELECT name, list_sort(list(DISTINCT tag) FILTER (tag IS NOT NULL))[1:20] AS tags, root AS digest, min(began) AS first,
    arg_min(node, pull) AS node, arg_min(client, pull) AS client, arg_min(namespace, pull) AS namespace, arg_min(principal, pull) AS principal
FROM all_pulls WHERE root IS NOT NULL AND outcome NOT IN ('refused', 'failed') GROUP BY name, root HAVING min(began) >= ${from}
-- rows
SELECT name, tags, digest, first, node, client, namespace, principal FROM firsts ORDER BY first, name, digest LIMIT ${limit}
-- figures
SELECT count(*) AS "New digests", count(DISTINCT name) AS "Repositories" FROM firsts
-- chart days number New digests a day
SELECT strftime(day, '%Y-%m-%d'), n FROM (SELECT make_timestamp(epoch_us(first))::DATE AS day, count(*) AS n FROM firsts GROUP BY 1) ORDER BY 1
