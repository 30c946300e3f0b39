-- One row per programme, whatever documents claim of it.
-- stored
SELECT
  e.entity_id,  -- id for evidence_of(id) and `dossier explain`
  e.name,  -- the name most documents use
  e.aliases,  -- other names and languages
  e.country,  -- the country most often claimed
  mode(p.authority ORDER BY d.date DESC NULLS LAST, d.path, p.record_id) AS authority,  -- the one most claims give, at a tie the newest document's
  min_by(p.period, (coalesce(p.period_hi, '9999-12-31') - coalesce(p.period_lo, '0001-01-01'), p.period)) AS period,  -- the most precise
  flatten(list(p.facts ORDER BY d.date, p.record_id)) AS facts,  -- those of all claims, by date of the document
  flatten(list(p.amounts ORDER BY d.date, p.record_id)) AS amounts,  -- likewise
  count(DISTINCT p.record_id) AS claims,  -- claims about it
  list_sort(list_distinct(list(d.path))) AS paths,  -- the documents
  count(DISTINCT d.document_id) AS documents
FROM entity e
JOIN entity_member m USING (entity_id)
JOIN checked_programme p USING (record_id)
JOIN document d ON d.document_id = p.document_id
WHERE e.kind = 'programme' AND (NOT e.is_role OR len(p.facts) > 0)
GROUP BY ALL
ORDER BY documents DESC, claims DESC, e.name, e.entity_id
