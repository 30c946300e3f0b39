-- One row per share that somebody holds, or is to hold, in a venture, fund or company, with who that is across documents.
-- stored
WITH named AS (
  SELECT m.record_id, m.field, e.entity_id, e.name
  FROM mention m JOIN entity_member USING (mention_id) JOIN entity e USING (entity_id)
  WHERE m.field LIKE 'stakes[%'
)
SELECT
  a.record_id,  -- id for evidence_of(id) and `dossier explain`
  d.path,  -- the document
  s.stake.holder AS holder,  -- as written
  h.entity_id AS holder_id,  -- the organisation
  h.name AS holder_organisation,  -- its name across documents
  s.stake.asset AS asset,  -- what the share is in, as written
  o.entity_id AS asset_id,  -- the organisation
  o.name AS asset_organisation,  -- its name across documents
  s.stake.percent AS percent,  -- of 100
  a.status,  -- where the deal that makes it stands
  a.realis
FROM checked_agreement a
JOIN document d USING (document_id)
CROSS JOIN LATERAL (SELECT unnest(a.stakes) AS stake, generate_subscripts(a.stakes, 1) - 1 AS position) s
LEFT JOIN named h ON h.record_id = a.record_id AND h.field = 'stakes[' || s.position || '].holder'
LEFT JOIN named o ON o.record_id = a.record_id AND o.field = 'stakes[' || s.position || '].asset'
ORDER BY asset_organisation, asset, percent DESC, d.path
