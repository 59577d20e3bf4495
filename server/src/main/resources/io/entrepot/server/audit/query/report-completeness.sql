-- title: Is the log complete
-- about: Whether every number is there, where pulls may have gone unrecorded, when the mirror started and stopped, and what its clock did. That nothing was changed, audit verify says.
-- column: finding text missing, gap, start, stop, start without stop, clock, time ran back, silence, unreadable
-- column: from_seq number First record it concerns
-- column: to_seq number Last record it concerns
-- column: from_time time Its time
-- column: to_time time Its time
-- column: note text More about it
-- given steps
SELECT seq, time, type, detail, lag(seq) OVER w AS before_seq, lag(time) OVER w AS before_time FROM records t WHERE ${period}
WINDOW w AS (ORDER BY seq)
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
SELECT count(*) AS "Records", min(seq) AS "First", max(seq) AS "Last", coalesce(max(seq) - min(seq) + 1 = count(DISTINCT seq), true) AS "No number missing:yes-no",
    (SELECT count(*) FROM findings WHERE finding = 'gap') AS "Gaps", min(time) AS "From:time", max(time) AS "To:time" FROM steps
-- chart days number Records a day
SELECT strftime(time::TIMESTAMP, '%Y-%m-%d'), count(*) FROM steps WHERE time IS NOT NULL GROUP BY 1 ORDER BY 1
