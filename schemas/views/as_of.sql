-- The deals that stand on a day: concluded, begun by then for certain, and not known to have ended before.
CREATE MACRO as_of(day) AS TABLE
SELECT d.*
FROM deals d
WHERE d.concluded AND d.since_lo IS NOT NULL
  AND NOT EXISTS (
    SELECT 1 FROM agreements a WHERE a.deal_id = d.entity_id AND a.ends_hi < CAST(day AS DATE))
  AND EXISTS (
    SELECT 1 FROM agreements a WHERE a.deal_id = d.entity_id
      AND coalesce(a.signed_hi, a.effective_hi, a.announced_hi) <= CAST(day AS DATE))
ORDER BY d.since_lo, d.title, d.entity_id
