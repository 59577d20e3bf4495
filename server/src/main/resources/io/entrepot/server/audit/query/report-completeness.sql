-- title: Is the log complete
-- about: Whether every number is there, where pulls may have gone unrecorded, when the mirror started and stopped, and what its clock did. That nothing was changed, audit verify says.
-- column: finding text missing, gap, start, stop, start without stop, clock, time ran back, silence, unreadable
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
    OR type IN ('gap', 'start', 'stop', 'clock', 'key.rotated', 'unreadable')
-- given steps
SELECT seq, time, type, detail, CASE WHEN near_seq = seq - 1 THEN near_seq ELSE lag(seq) OVER w END AS before_seq,
    CASE WHEN near_seq = seq - 1 THEN near_time ELSE lag(time) OVER w END AS before_time FROM marks WINDOW w AS (ORDER BY seq)
-- given days
SELECT make_timestamp(epoch_us(time))::DATE AS day, count(*) AS n, min(seq) AS first, max(seq) AS last, min(time) AS since, max(time) AS until
FROM records t WHERE ${period} GROUP BY 1
-- given findings
SELECT 'missing' AS finding, before_seq + 1 AS from_seq, seq - 1 AS to_seq, before_time AS from_time, time AS to_time,
    (seq - before_seq - 1) || ' records' AS note FROM steps WHERE seq > before_seq + 1
UNION ALL SELECT 'time ran back', before_seq, seq, before_time, time, 'by ' || date_diff('millisecond', time, before_time) || ' ms'
    FROM steps WHERE time < before_time - INTERVAL 1 SECOND
UNION ALL SELECT 'silence', before_seq, seq, before_time, time, 'no record for ' || date_diff('minute', before_time, time) || ' minutes'
    FROM steps WHERE time > before_time + INTERVAL 1 HOUR
UNION ALL SELECT type, seq, seq, time, time, detail FROM steps WHERE type IN ('gap', 'start', 'stop', 'clock', 'key.rotated', 'unreadable')
UNION ALL SELECT 'start without stop', seq, seq, time, time, 'the mirror had not been stopped in order before'
    FROM (SELECT *, lag(type) OVER (ORDER BY seq) AS before FROM steps WHERE type IN ('start', 'stop')) WHERE type = 'start' AND before = 'start'
-- rows
SELECT finding, from_seq, to_seq, from_time, to_time, note FROM findings ORDER BY from_seq, finding LIMIT ${limit}
-- figures
SELECT coalesce(sum(n), 0)::BIGINT AS "Records", min(first) AS "First", max(last) AS "Last", coalesce(max(last) - min(first) + 1 = sum(n), true) AS "No number missing:yes-no",
    (SELECT count(*) FROM findings WHERE finding = 'gap') AS "Gaps", min(since) AS "From:time", max(until) AS "To:time" FROM days
-- chart days number Records a day
SELECT strftime(day, '%Y-%m-%d'), n FROM days WHERE day IS NOT NULL ORDER BY 1
