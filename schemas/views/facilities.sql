-- One row per facility, whatever documents claim of it.
-- stored
SELECT
  e.entity_id,  -- id for evidence_of(id) and `dossier explain`
  e.name,  -- the name most documents use
  e.aliases,  -- other names and languages
  mode(f.kind ORDER BY d.date DESC NULLS LAST, d.path, f.record_id) AS kind,  -- the one most claims give, at a tie the newest document's
  mode(f.operator ORDER BY d.date DESC NULLS LAST, d.path, f.record_id) AS operator,  -- the one most claims give, at a tie the newest document's
  mode(f.owner ORDER BY d.date DESC NULLS LAST, d.path, f.record_id) AS owner,  -- the one most claims give, at a tie the newest document's
  mode(f.host ORDER BY d.date DESC NULLS LAST, d.path, f.record_id) AS host,  -- the one most claims give, at a tie the newest document's
  mode(f.place ORDER BY d.date DESC NULLS LAST, d.path, f.record_id) AS place,  -- the one most claims give, at a tie the newest document's
  e.country,  -- the country most often claimed
  arg_max(f.status, (coalesce(d.date, ''), f.record_id)) AS status,  -- of the newest document
  arg_max(f.realis, (coalesce(d.date, ''), f.record_id)) AS realis,  -- of the newest document
  count(DISTINCT f.record_id) AS claims,  -- claims about it
  count(DISTINCT d.document_id) AS documents,
  count(DISTINCT f.status) FILTER (f.status <> 'unknown') < 2 AS agree  -- whether claims agree on its status
FROM entity e
JOIN entity_member m USING (entity_id)
JOIN checked_facility f USING (record_id)
JOIN document d ON d.document_id = f.document_id
WHERE e.kind = 'facility' AND NOT e.is_role
GROUP BY ALL
ORDER BY documents DESC, claims DESC, e.name, e.entity_id
