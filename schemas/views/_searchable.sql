-- One row per record that views show, with the folded text of its quotes and supported values, in which search(words) looks.
-- stored
SELECT
  e.record_id,  -- id for evidence_of(id) and `dossier explain`
  d.path,  -- the document
  min(e.start) FILTER (e.position = 0) AS start,  -- where its first quote begins
  min(e.quote) FILTER (e.position = 0) AS quote,  -- its first quote
  string_agg(folded(concat_ws(' ', e.value, e.quote)), ' ' ORDER BY e.position) FILTER (e.status IN ('exact', 'normalised', 'fuzzy', 'quoted', 'context', 'inferred')) AS folded  -- without case and accents, in Latin letters where it was Cyrillic
FROM evidence e JOIN document d USING (document_id)
SEMI JOIN (
  SELECT record_id FROM checked_organisation UNION ALL SELECT record_id FROM checked_organisation_relation UNION ALL SELECT record_id FROM checked_person UNION ALL SELECT record_id FROM checked_agreement UNION ALL SELECT record_id FROM checked_activity UNION ALL SELECT record_id FROM checked_event UNION ALL SELECT record_id FROM checked_facility UNION ALL SELECT record_id FROM checked_product UNION ALL SELECT record_id FROM checked_programme UNION ALL SELECT record_id FROM checked_indicator UNION ALL SELECT record_id FROM checked_instrument UNION ALL SELECT record_id FROM checked_statement
) shown USING (record_id)
GROUP BY e.record_id, d.path
ORDER BY d.path, start, e.record_id
