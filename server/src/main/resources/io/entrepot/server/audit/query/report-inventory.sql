-- title: What nodes hold
-- about: For each client the digests that it was given, with the tag, and when.
-- column: client text Address
-- column: node text Node
-- column: name text Repository, with its registry
-- column: tag text Tag
-- column: digest text What it resolved to
-- column: image text The manifest of the image itself
-- column: outcome text The most that was transferred
-- column: last time Last time
-- rows
SELECT client, arg_max(node, pull) AS node, name, tag, root AS digest, image,
    CASE WHEN bool_or(outcome = 'wholly') THEN 'wholly' WHEN bool_or(outcome = 'partly') THEN 'partly' ELSE 'checked' END AS outcome, max(began) AS last
FROM pulls WHERE outcome NOT IN ('refused', 'failed') AND root IS NOT NULL GROUP BY client, name, tag, root, image
ORDER BY client, name, tag, digest, image LIMIT ${limit}
