-- Deals over time
-- form: lanes
-- heads: lanes = parties, lo = -, hi = -, label = deal
-- A lane for each organisation, a mark for each of its deals, when it was signed, took effect or was announced. A day is a point; a month, a year or a span of years is a bar, as long as the text leaves it open.
WITH began AS (
  SELECT a.deal_id,
    CASE WHEN a.signed IS NOT NULL THEN a.signed_lo WHEN a.effective IS NOT NULL THEN a.effective_lo ELSE a.announced_lo END AS lo,
    CASE WHEN a.signed IS NOT NULL THEN a.signed_hi WHEN a.effective IS NOT NULL THEN a.effective_hi ELSE a.announced_hi END AS hi,
    a.since
  FROM agreements a WHERE a.deal_id IS NOT NULL AND a.since IS NOT NULL
),
claims AS (
  SELECT deal_id, list(record_id ORDER BY record_id) AS record_ids FROM agreements WHERE deal_id IS NOT NULL GROUP BY deal_id
)
SELECT
  d.entity_id AS id,
  coalesce(d.title, d.subject, array_to_string(d.parties, ', '), 'without a title') AS label,
  coalesce(d.parties, []) AS lanes,
  d.since AS date,
  any_value(b.lo) AS lo,
  any_value(b.hi) AS hi,
  CASE WHEN d.concluded THEN 'concluded' WHEN d.concluded IS NULL THEN 'left open by a doubt' ELSE 'not concluded' END AS state,
  d.status,
  d.countries,
  any_value(c.record_ids) AS record_ids
FROM deals d
LEFT JOIN began b ON b.deal_id = d.entity_id AND b.since = d.since
LEFT JOIN claims c ON c.deal_id = d.entity_id
GROUP BY ALL
ORDER BY lo, label, id
