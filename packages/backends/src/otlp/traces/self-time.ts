/**
 * Spans of a period with their self time and whether an error began in them, as a common table
 * expression named `self`. Takes two parameters: the start and end of the period in microseconds.
 *
 * Self time is the span's duration less the union of its children's intervals: children are cut to the
 * parent, ordered by start, and each adds only what lies beyond the farthest end so far. A child of
 * another host that lies outside its parent although it is shorter has a skewed clock and is put in the
 * parent's middle. Children that outlive their parent by design (consumers) are cut like all others.
 *
 * An error begins in a span when no child of it failed (the deepest span in error).
 */
export const selfTime = `
span AS MATERIALIZED (
  SELECT trace_id, span_id, parent_span_id, service, instance, operation, kind, error, time_us, duration_us
  FROM spans WHERE time_us >= ? AND time_us < ?),
child AS (
  SELECT p.trace_id, p.span_id, p.service AS parent_service, c.error,
    CASE WHEN c.service <> p.service THEN c.service END AS peer, p.time_us AS low,
    p.time_us + p.duration_us AS high,
    CASE WHEN c.service <> p.service AND c.duration_us <= p.duration_us AND c.kind <> 4
        AND (c.time_us < p.time_us OR c.time_us + c.duration_us > p.time_us + p.duration_us)
      THEN p.time_us + (p.duration_us - c.duration_us) // 2 ELSE c.time_us END AS start,
    c.duration_us AS length
  FROM span p JOIN span c ON c.trace_id = p.trace_id AND c.parent_span_id = p.span_id),
cut AS (
  SELECT trace_id, span_id, parent_service, error, peer, greatest(start, low) AS start, least(start + length, high) AS stop
  FROM child),
reach AS (
  SELECT *, max(stop) OVER (PARTITION BY trace_id, span_id, parent_service ORDER BY start, stop
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS far FROM cut),
busy AS (
  SELECT trace_id, span_id, parent_service, bool_or(error) AS failed, min(peer) AS peer,
    sum(greatest(0, stop - greatest(start, coalesce(far, start)))) AS busy_us
  FROM reach GROUP BY ALL),
self AS (
  SELECT s.trace_id, s.service, s.instance, s.operation, s.time_us, s.error,
    greatest(0, s.duration_us - coalesce(b.busy_us, 0)) AS self_us,
    s.error AND NOT coalesce(b.failed, false) AS began, b.peer
  FROM span s LEFT JOIN busy b
    ON b.trace_id = s.trace_id AND b.span_id = s.span_id AND b.parent_service = s.service)`;
