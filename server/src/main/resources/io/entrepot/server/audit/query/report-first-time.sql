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
SELECT registry || '/' || repository AS name, list_sort(list(DISTINCT coalesce(tag, for_tag)) FILTER (coalesce(tag, for_tag) IS NOT NULL))[1:20] AS tags,
    coalesce(root, digest) AS digest, min(time) AS first, arg_min(node, seq) AS node, arg_min(client, seq) AS client,
    arg_min(namespace, seq) AS namespace, arg_min(principal, seq) AS principal
FROM history WHERE type = 'decision' AND verdict = 'allow' AND kind = 'manifest' AND digest IS NOT NULL AND ${before}
GROUP BY registry, repository, coalesce(root, digest)
HAVING min(time) >= ${from}
-- rows
SELECT name, tags, digest, first, node, client, namespace, principal FROM firsts ORDER BY first, name, digest LIMIT ${limit}
-- figures
SELECT count(*) AS "New digests", count(DISTINCT name) AS "Repositories" FROM firsts
-- chart days number New digests a day
SELECT strftime(first::TIMESTAMP, '%Y-%m-%d'), count(*) FROM firsts GROUP BY 1 ORDER BY 1
