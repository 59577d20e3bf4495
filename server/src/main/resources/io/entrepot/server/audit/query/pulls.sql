-- A pull is what one client did to get one image, however many requests that took.
--
-- Requests belong together if client, registry, repository and reference are the same. The reference is the tag that was asked
-- for or that a request by digest came from; without a tag, the digest at the top. A pull begins
--   with the first request, and with one more than ten minutes after the one before;
--   with a HEAD at the top (by the tag, or by a digest that no index led to) after an allowed request: a new check;
--   with a GET at the top after an allowed request, unless that was the HEAD of the same check;
--   with an allowed request more than thirty seconds after one that was not: what was refused is now given.
-- So attempts with several secrets, which follow at once, are one pull: none of them was allowed before the last. So are retries
-- of what is refused. But at one o'clock UTC what goes on since a day before begins anew: so the pulls that begin on a day can be
-- told by its records and those of an hour before and behind it.
-- The root is the digest that was given; of what was not, the one that was refused or asked for, as far as that is known.
-- Transfers belong to the pull of the decision that they are held to, if they end within two hours of it. What ends later, as reads
-- of a client that fetches a layer piece by piece, is a pull of its own for each decision and day.
--
-- outcome   refused, failed   nothing was allowed; the last verdict says which
--           checked           allowed, but no blob was asked for: the client looked, or had it all
--           partly            a blob that the client began did not arrive whole
--           wholly            whatever blob the client began arrived; those it had already, no mirror sees
-- A blob arrived if one response with all of it went out whole, or one that broke off was continued to the end.
-- Times are compared as microseconds: differences of times with a zone go through a calendar.
WITH asked AS (
    SELECT seq, time, epoch_us(time) AS us, verdict, kind, method, warned, exemption, rule, mode, reason, stale, registry, repository, tag, for_tag, digest,
        root, media_type, platform, client, node, namespace, service_account, principal, agent,
        coalesce(tag, for_tag, root, digest, asked) AS reference,
        hash(client, registry, repository, reference) AS "key",
        kind = 'manifest' AND for_tag IS NULL AND root IS NULL AS top
    FROM ${records}
    WHERE type = 'decision' AND kind IN ('manifest', 'blob') AND repository IS NOT NULL AND ${around}
),
marked AS (
    SELECT *, CASE WHEN lag(seq) OVER w IS NULL
            OR us - lag(us) OVER w > 600000000
            OR (verdict = 'allow' AND lag(verdict) OVER w <> 'allow' AND us - lag(us) OVER w > 30000000)
            OR (top AND lag(verdict) OVER w = 'allow' AND (method = 'HEAD' OR NOT (lag(top) OVER w AND lag(method) OVER w = 'HEAD')))
        THEN seq END AS start
    FROM asked WINDOW w AS (PARTITION BY "key" ORDER BY seq)
),
chained AS (
    SELECT *, max(start) OVER w AS chain, last_value(CASE WHEN start IS NOT NULL THEN us END IGNORE NULLS) OVER w AS since
    FROM marked WINDOW w AS (PARTITION BY "key" ORDER BY seq ROWS UNBOUNDED PRECEDING)
),
numbered AS MATERIALIZED (
    SELECT *, greatest(0, (us - 3600000000) // 86400000000 - since // 86400000000) AS piece FROM chained
),
sent AS MATERIALIZED (
    SELECT t.*, n.chain, n.piece
    FROM (SELECT seq, time, epoch_us(time) AS us, decision, digest, kind, bytes, image, size, complete, registry, repository, for_tag, root,
                client, node, namespace, service_account, principal
            FROM ${records} WHERE type = 'transfer' AND decision IS NOT NULL AND ${sent}) t
        LEFT JOIN numbered n ON n.seq = t.decision AND n.us >= t.us - 7200000000
),
arrived AS (
    SELECT chain, piece, digest, kind, sum(bytes) AS bytes, max(time) AS ended, max(image) AS image,
        bool_or(complete) AND sum(bytes) >= max(size) AS whole
    FROM sent WHERE chain IS NOT NULL GROUP BY chain, piece, digest, kind
),
late AS (
    SELECT decision, us // 86400000000 AS day, digest, kind, sum(bytes) AS bytes, bool_or(complete) AND sum(bytes) >= max(size) AS whole,
        min(seq) AS seq, min(time) AS began, max(time) AS ended, max(image) AS image, any_value(registry) AS registry,
        any_value(repository) AS repository, max(for_tag) AS for_tag, max(root) AS root, any_value(client) AS client,
        max(node) AS node, max(namespace) AS namespace, max(service_account) AS service_account,
        max(principal) AS principal
    FROM sent WHERE chain IS NULL AND ${own} GROUP BY decision, us // 86400000000, digest, kind
),
sums AS (
    SELECT chain, piece, count(*) FILTER (kind = 'blob') AS blobs, count(*) FILTER (kind = 'blob' AND whole) AS whole,
        sum(bytes) AS bytes, max(ended) AS ended, max(image) AS image
    FROM arrived GROUP BY chain, piece
),
pulled AS (
    SELECT chain, piece, min(seq) AS pull, min(time) AS began, max(time) AS last, any_value(client) AS client, max(node) AS node,
        arg_max(namespace, seq) AS namespace, arg_max(service_account, seq) AS service_account, arg_max(principal, seq) AS principal,
        max(agent) AS agent, any_value(registry) AS registry, any_value(repository) AS repository,
        any_value(coalesce(tag, for_tag)) AS tag, any_value(reference) AS reference,
        coalesce(arg_max(coalesce(root, digest), seq) FILTER (verdict = 'allow' AND kind = 'manifest'),
            CASE WHEN bool_or(verdict = 'allow') THEN NULL ELSE arg_max(coalesce(root, digest), seq) END) AS root,
        arg_max(digest, seq) FILTER (verdict = 'allow' AND kind = 'manifest' AND NOT coalesce(media_type, '') LIKE '%index%'
            AND NOT coalesce(media_type, '') LIKE '%manifest.list%') AS image,
        max(platform) AS platform, count(*) FILTER (top) AS attempts, bool_or(verdict = 'allow') AS allowed,
        arg_max(verdict, seq) AS verdict, arg_max(rule, seq) AS rule, arg_max(reason, seq) AS reason,
        max(exemption) AS exemption, bool_or(warned IS NOT NULL) AS warned, max(stale) AS stale
    FROM numbered GROUP BY chain, piece
)
SELECT pull, began, greatest(last, coalesce(s.ended, last)) AS ended, client, node, namespace, service_account, principal, agent,
    registry, repository, registry || '/' || repository AS name, tag, reference, root, coalesce(p.image, s.image) AS image, platform,
    greatest(attempts, 1) AS attempts, verdict, rule, reason, exemption, warned, stale,
    CASE WHEN NOT allowed THEN CASE WHEN verdict IN ('failed', 'unroutable') THEN 'failed' ELSE 'refused' END
        WHEN coalesce(s.blobs, 0) = 0 THEN 'checked'
        WHEN s.whole < s.blobs THEN 'partly'
        ELSE 'wholly' END AS outcome,
    coalesce(s.blobs, 0) AS blobs, coalesce(s.bytes, 0)::BIGINT AS bytes
FROM pulled p LEFT JOIN sums s USING (chain, piece)
UNION ALL BY NAME
SELECT min(seq) AS pull, min(began) AS began, max(ended) AS ended, any_value(client) AS client, max(node) AS node,
    max(namespace) AS namespace, max(service_account) AS service_account, max(principal) AS principal,
    any_value(registry) AS registry, any_value(repository) AS repository,
    any_value(registry) || '/' || any_value(repository) AS name, max(for_tag) AS tag,
    coalesce(max(for_tag), max(root), max(image), any_value(digest)) AS reference,
    coalesce(max(root), max(image), any_value(digest) FILTER (kind = 'manifest')) AS root,
    coalesce(max(image), any_value(digest) FILTER (kind = 'manifest')) AS image, 0 AS attempts, 'allow' AS verdict,
    CASE WHEN count(*) FILTER (kind = 'blob') = 0 THEN 'checked' WHEN bool_and(whole) FILTER (kind = 'blob') THEN 'wholly'
        ELSE 'partly' END AS outcome,
    count(*) FILTER (kind = 'blob') AS blobs, sum(bytes)::BIGINT AS bytes
FROM late GROUP BY decision, day
