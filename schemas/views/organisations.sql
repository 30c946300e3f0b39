-- One row per organisation, whatever names documents give it.
SELECT
  e.entity_id,  -- id for evidence_of(id) and `dossier explain`
  e.name,  -- the name most documents use
  e.aliases,  -- all its other names, as written
  (SELECT mode(o.kind) FROM checked_organisation o WHERE o.record_id IN (SELECT record_id FROM entity_member JOIN mention USING (mention_id) WHERE entity_id = e.entity_id AND field = 'name')) AS kind,  -- the kind most often given
  e.country,  -- the country most often claimed
  e.documents,  -- number of documents that mention it
  e.mentions  -- number of mentions
FROM entity e
WHERE e.kind = 'organisation'
ORDER BY e.documents DESC, e.mentions DESC, e.name
