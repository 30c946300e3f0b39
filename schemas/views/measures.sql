-- One row per measured figure of one population, place and period, whatever documents claim of it. The claims are in `indicators`.
-- stored
SELECT
  e.entity_id,  -- id for evidence_of(id) and `dossier explain`
  max_by(i.measure, (length(i.measure), i.measure)) AS measure,  -- the longest
  mode(i.subject ORDER BY d.date DESC NULLS LAST, d.path, i.record_id) AS subject,  -- the organisation whose figure it is
  mode(i.population ORDER BY d.date DESC NULLS LAST, d.path, i.record_id) AS population,  -- the one most claims give, at a tie the newest document's
  mode(i.geography ORDER BY d.date DESC NULLS LAST, d.path, i.record_id) AS geography,  -- the one most claims give, at a tie the newest document's
  mode(i.period ORDER BY d.date DESC NULLS LAST, d.path, i.record_id) AS period,  -- the one most claims give, at a tie the newest document's
  min(i.period_lo) AS period_lo,
  mode(i.value ORDER BY d.date DESC NULLS LAST, d.path, i.record_id) AS value,  -- the one most claims give, at a tie the newest document's
  mode(i.unit ORDER BY d.date DESC NULLS LAST, d.path, i.record_id) AS unit,  -- the one most claims give, at a tie the newest document's
  list_sort(list_distinct(list(i.value) FILTER (i.value IS NOT NULL))) AS values,  -- all that are claimed
  list_sort(list_distinct(list(i.source) FILTER (i.source IS NOT NULL))) AS sources,  -- that the documents cite
  count(*) AS claims,  -- claims about it
  list_sort(list_distinct(list(d.path))) AS paths,  -- the documents
  count(DISTINCT i.document_id) AS documents,
  count(DISTINCT i.value) < 2 AS agree  -- whether claims agree on the figure
FROM entity e
JOIN entity_member m USING (entity_id)
JOIN checked_indicator i USING (record_id)
JOIN document d ON d.document_id = i.document_id
WHERE e.kind = 'indicator'
GROUP BY e.entity_id
ORDER BY geography, measure, period_lo, e.entity_id
