-- title: Served stale
-- about: Tags that were answered with what was last known, since the upstream could not be asked.
-- column: name text Repository, with its registry
-- column: tag text Tag
-- column: digest text What was given out
-- column: stale text Why
-- column: servings number Answers
-- column: clients number Clients that got one
-- column: age number Greatest age, in seconds
-- column: first time First one
-- column: last time Last one
-- rows
SELECT registry || '/' || repository AS name, coalesce(tag, for_tag) AS tag, coalesce(root, digest) AS digest, stale, count(*) AS servings,
    count(DISTINCT client) AS clients, max(tag_age) AS age, min(time) AS first, max(time) AS last
FROM chosen WHERE type = 'decision' AND stale IS NOT NULL AND ${scope}
GROUP BY 1, 2, 3, 4 ORDER BY servings DESC, name, tag, digest, stale LIMIT ${limit}
-- figures
SELECT count(*) AS "Stale answers", count(DISTINCT (registry, repository, coalesce(tag, for_tag))) AS "Tags", count(DISTINCT client) AS "Clients",
    max(tag_age) AS "Greatest age (s)" FROM chosen WHERE type = 'decision' AND stale IS NOT NULL AND ${scope}
-- chart days number Stale answers a day
SELECT strftime(day, '%Y-%m-%d'), n FROM (SELECT make_timestamp(epoch_us(time))::DATE AS day, count(*) AS n FROM chosen WHERE type = 'decision' AND stale IS NOT NULL AND ${scope} GROUP BY 1) ORDER BY 1
