-- title: Is the log complete
-- about: Whether every number is there, where pulls may have gone unrecorded, when the mirror started and stopped, and what its clock did. That nothing was changed, audit verify says.
-- column: finding text missing, pruned, no record, gap, start, stop, start without stop, clock, time ran back, silence, unreadable, sinks
-- column: from_seq number First record it concerns
-- column: to_seq number Last record it concerns
-- column: from_time time Its time
-- column: to_time time Its time
-- column: note text More about it
-- given marks
/* Rows of a file come nearly in the order of their numbers. Where one comes behind the one before it, that is its predecessor,
   without a sort of all; of the others, which are kept with those behind which they may belong, the next step finds it. */
SELECT seq, time, type, detail, near_seq, near_time FROM neighbours
WHERE near_seq IS DISTINCT FROM seq - 1 OR next_seq IS DISTINCT FROM seq + 1 OR us - near_us < -1000000 OR us - near_us > 3600000000
    OR type IN ('gap', 'start', 'stop', 'clock', 'key.rotated', 'unreadable', 'missing', 'pruned', 'sink.skipped', 'sink.behind', 'sink.again')
-- given steps
SELECT seq, time, type, detail, CASE WHEN near_seq = seq - 1 THEN near_seq ELSE lag(seq) OVER w END AS before_seq,
    CASE WHEN near_seq = seq - 1 THEN near_time ELSE lag(time) OVER w END AS before_time FROM marks WINDOW w AS (ORDER BY seq)
-- given days
SELECT make_timestamp(epoch_us(time))::DATE AS day, count(*) FILTER (type IS DISTINCT FROM 'missing') AS n, min(seq) AS first, max(seq) AS last, min(time) AS since, max(time) AS until
FROM records t WHERE ${period} GROUP BY 1
-- given whole
SELECT coalesce(sum(n), 0)::BIGINT AS n, min(first) AS first, max(last) AS last, min(since) AS since, max(until) AS until FROM days
-- given findings
SELECT 'missing' AS finding, before_seq + 1 AS from_seq, seq - 1 AS to_seq, before_time AS from_time, time AS to_time,
    (seq - before_seq - 1) || ' records' AS note FROM steps WHERE seq > before_seq + 1
UNION ALL SELECT 'time ran back', before_seq, seq, before_time, time, 'by ' || date_diff('millisecond', time, before_time) || ' ms'
    FROM steps WHERE time < before_time - INTERVAL 1 SECOND
UNION ALL SELECT 'silence', before_seq, seq, before_time, time, 'no record for ' || date_diff('minute', before_time, time) || ' minutes'
    FROM steps WHERE time > before_time + INTERVAL 1 HOUR
UNION ALL SELECT 'silence', NULL, first, ${from}, since, 'no record for ' || date_diff('minute', ${from}, since) || ' minutes from the beginning of this time'
    FROM whole WHERE ${from} > TIMESTAMPTZ '1970-01-01 00:00:00Z' AND since > ${from} + INTERVAL 1 HOUR
UNION ALL SELECT 'silence', last, NULL, until, ${to}, 'no record for ' || date_diff('minute', until, ${to}) || ' minutes to the end of this time'
    FROM whole WHERE ${to} > until + INTERVAL 1 HOUR
UNION ALL SELECT 'no record', NULL, NULL, NULL, NULL, 'there is no record of this time, and whether there ever was one is not known' FROM whole WHERE n = 0
UNION ALL SELECT 'pruned', 0, ${first} - 1, NULL, since, 'records that went for their age or the size of the log: what there was of this time before it is not here'
    FROM whole WHERE ${first} > 0 AND coalesce(first <= ${first}, true)
UNION ALL SELECT 'missing', seq, seq, time, time, 'its number is there, and it cannot be read any more' FROM steps WHERE type = 'missing'
UNION ALL SELECT type, seq, seq, time, time, detail
    FROM steps WHERE type IN ('gap', 'start', 'stop', 'clock', 'key.rotated', 'unreadable', 'pruned', 'sink.skipped', 'sink.behind', 'sink.again')
UNION ALL SELECT 'start without stop', seq, seq, time, time, 'the mirror had not been stopped in order before'
    FROM (SELECT *, lag(type) OVER (ORDER BY seq) AS before FROM steps WHERE type IN ('start', 'stop')) WHERE type = 'start' AND before = 'start'
-- rows
SELECT finding, from_seq, to_seq, from_time, to_time, note FROM findings ORDER BY from_seq, finding LIMIT ${limit}
-- figures
SELECT n AS "Records", first AS "First", last AS "Last", last - first + 1 = n AS "No number missing:yes-no",
    (SELECT count(*) FROM findings WHERE finding = 'gap') AS "Gaps", since AS "From:time", until AS "To:time" FROM whole
-- chart days number Records a day
SELECT strftime(day, '%Y-%m-%d'), n FROM days WHERE day IS NOT NULL ORDER BY 1
