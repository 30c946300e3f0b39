-- One row per organisation that a document describes, whatever names documents give it. What only says who somebody is in a text (the partners) is left out.
-- stored
SELECT
  e.entity_id,  -- id for evidence_of(id) and `dossier explain`
  e.name,  -- the name most documents use
  e.aliases,  -- all its other names, as written
  o.kind,  -- the kind most often given, at a tie by the newest document
  e.country,  -- the country most often claimed
  e.countries,  -- all countries claimed for it
  len(e.countries) < 2 AS agree,  -- whether documents agree on its country
  o.paths,  -- the documents that describe it
  e.documents,  -- number of documents that mention it
  e.mentions  -- number of mentions
FROM entity e
JOIN (
  SELECT em.entity_id, mode(o.kind ORDER BY d.date DESC NULLS LAST, d.path, o.record_id) AS kind,
    list_sort(list_distinct(list(d.path))) AS paths
  FROM entity_member em
  JOIN mention m USING (mention_id)
  JOIN checked_organisation o ON o.record_id = m.record_id AND m.field = 'name'
  JOIN document d ON d.document_id = o.document_id
  GROUP BY em.entity_id
) o USING (entity_id)
WHERE e.kind = 'organisation' AND NOT e.is_role
ORDER BY e.documents DESC, e.mentions DESC, e.name, e.entity_id
