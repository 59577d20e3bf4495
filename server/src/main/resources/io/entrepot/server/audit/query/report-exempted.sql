-- title: Exempted pulls
-- about: What was pulled only because a rule has an exemption for it.
-- column: exemption text The reason, as the rule gives it
-- column: name text Repository, with its registry
-- column: tag text Tag
-- column: digest text What it resolved to
-- column: rule text The rule
-- column: pulls number Pulls
-- column: nodes text Nodes, at most 50
-- column: namespaces text Namespaces, at most 50
-- column: first time First one
-- column: last time Last one
-- rows
SELECT exemption, name, tag, root AS digest, rule, count(*) AS pulls,
    list_sort(list(DISTINCT coalesce(node, client)))[1:50] AS nodes,
    list_sort(list(DISTINCT namespace) FILTER (namespace IS NOT NULL))[1:50] AS namespaces, min(began) AS first, max(began) AS last
FROM pulls WHERE exemption IS NOT NULL GROUP BY ALL ORDER BY pulls DESC, exemption, name, tag, digest LIMIT ${limit}
-- figures
SELECT count(*) AS "Exempted pulls", count(DISTINCT exemption) AS "Exemptions used", count(DISTINCT name) AS "Repositories",
    count(DISTINCT client) AS "Clients" FROM pulls WHERE exemption IS NOT NULL
-- chart ranked number Pulls by exemption
SELECT exemption, count(*) FROM pulls WHERE exemption IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 15
