-- title: Break-glass
-- about: Whatever let by what a rule refuses: exemptions, rules on trial, and changes of rules and settings.
-- column: time time When
-- column: what text exemption, trial (a rule that only warns), policy.change or config.change
-- column: name text Repository, with its registry
-- column: reference text As it was asked for
-- column: digest text What was given out
-- column: rule text The rule
-- column: reason text The exemption's reason, the warning, or from what to what
-- column: principal text Who
-- column: node text Node
-- column: namespace text Namespace
-- column: seq number The record
-- given uses
SELECT time, CASE WHEN type <> 'decision' THEN type WHEN exemption IS NOT NULL THEN 'exemption' ELSE 'trial' END AS what,
    registry || '/' || repository AS name, asked AS reference, digest,
    CASE WHEN exemption IS NOT NULL OR type <> 'decision' THEN rule ELSE warned[1].rule END AS rule,
    CASE WHEN exemption IS NOT NULL THEN exemption WHEN type = 'decision' THEN warned[1].message
        ELSE coalesce(detail->>'$.before', '?') || ' to ' || coalesce(detail->>'$.after', '?') END AS reason,
    coalesce(principal, detail->>'$.who') AS principal, coalesce(node, client) AS node, namespace, seq
FROM chosen WHERE ((type = 'decision' AND (exemption IS NOT NULL OR warned IS NOT NULL)) OR type IN ('policy.change', 'config.change'))
    AND (${scope})
-- rows
SELECT * FROM uses ORDER BY seq DESC LIMIT ${limit}
-- figures
SELECT count(*) FILTER (what = 'exemption') AS "Exempted requests", count(*) FILTER (what = 'trial') AS "Let by on trial",
    count(*) FILTER (what = 'policy.change') AS "Changes of rules", count(*) FILTER (what = 'config.change') AS "Changes of settings" FROM uses
-- chart days number Exempted requests a day
SELECT strftime(day, '%Y-%m-%d'), n FROM (SELECT make_timestamp(epoch_us(time))::DATE AS day, count(*) AS n FROM uses WHERE what = 'exemption' GROUP BY 1) ORDER BY 1
