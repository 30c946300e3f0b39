-- The deals that stand on a day: they are concluded, begun by then by a claim, and none has them ended before. Of an open beginning ("since 2015") the first day counts, of any other the last; one without a date stands from the day of the document.
CREATE MACRO as_of(day) AS TABLE
WITH begun AS (
  SELECT a.deal_id,
    CASE WHEN a.signed IS NOT NULL THEN coalesce(a.signed_hi, a.signed_lo)
      WHEN a.effective IS NOT NULL THEN coalesce(a.effective_hi, a.effective_lo)
      ELSE coalesce(a.announced_hi, a.announced_lo, d.date_hi) END AS since
  FROM agreements a JOIN document d USING (path) WHERE a.concluded AND a.deal_id IS NOT NULL
)
SELECT d.*
FROM deals d
WHERE d.concluded AND d.entity_id IN (SELECT deal_id FROM begun WHERE since <= CAST(day AS DATE))
  AND NOT EXISTS (SELECT 1 FROM agreements a WHERE a.deal_id = d.entity_id AND a.ends_hi < CAST(day AS DATE))
ORDER BY d.since_lo, d.title, d.entity_id
