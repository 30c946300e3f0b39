-- One row per person that a document describes, with the offices the documents give.
-- stored
SELECT
  e.entity_id,  -- id for evidence_of(id) and `dossier explain`
  e.name,  -- the name most documents use
  e.aliases,  -- other spellings and scripts
  p.titles,  -- offices, as written
  p.organisations,  -- for whom, by their names across documents
  p.paths,  -- the documents that describe the person
  e.documents,  -- number of documents that mention the person
  e.mentions  -- number of mentions
FROM entity e
JOIN (
  SELECT
    em.entity_id,
    list_sort(list_distinct(list(p.title) FILTER (p.title IS NOT NULL))) AS titles,
    list_sort(list_distinct(list(coalesce(o.name, p.organisation)) FILTER (p.organisation IS NOT NULL))) AS organisations,
    list_sort(list_distinct(list(d.path))) AS paths
  FROM entity_member em
  JOIN mention m USING (mention_id)
  JOIN checked_person p ON p.record_id = m.record_id AND m.field = 'name'
  JOIN document d ON d.document_id = p.document_id
  LEFT JOIN (
    SELECT w.record_id, any_value(e.name) AS name
    FROM mention w JOIN entity_member USING (mention_id) JOIN entity e USING (entity_id)
    WHERE w.field = 'organisation' GROUP BY w.record_id
  ) o ON o.record_id = p.record_id
  GROUP BY em.entity_id
) p USING (entity_id)
WHERE e.kind = 'person' AND NOT e.is_role
ORDER BY e.documents DESC, e.mentions DESC, e.name, e.entity_id
