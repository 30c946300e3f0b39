-- One row per measured figure, with its population, period and source, so that only like is compared with like.
SELECT
  i.record_id,  -- id for evidence_of(id) and `dossier explain`
  d.path,  -- the document
  i.subject,  -- the organisation whose figure it is; null for a country, market or field
  i.measure,
  i.population,
  i.geography,
  i.period,
  i.period_lo,
  i.period_hi,
  i.value,
  i.value_high,
  i.unit,
  i.qualifier,
  i.change,  -- whether it is by how much something rose or fell
  i.rank,  -- its place in an order
  i.source,
  i.realis
FROM checked_indicator i
JOIN document d USING (document_id)
ORDER BY i.geography, i.measure, i.period_lo, d.path, i.record_id
