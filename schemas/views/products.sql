-- One row per product that a document describes (classes such as "vaccines" are left out), with who developed it, who makes it and who is planned to.
-- stored
SELECT
  e.entity_id,  -- id for evidence_of(id) and `dossier explain`
  e.name,  -- the name most documents use
  e.aliases,
  mode(p.kind ORDER BY d.date DESC NULLS LAST, d.path, p.record_id) AS kind,
  list_sort(list_distinct(list(p.active_ingredient) FILTER (p.active_ingredient IS NOT NULL))) AS active_ingredients,  -- that claims give
  list_sort(list_distinct(list(p.indication) FILTER (p.indication IS NOT NULL))) AS indications,  -- what it is for, by claims
  list_sort(list_distinct(flatten(list(p.developers) FILTER (p.realis IN ('actual', 'ongoing'))))) AS developers,
  list_sort(list_distinct(flatten(list(p.manufacturers) FILTER (p.realis IN ('actual', 'ongoing'))))) AS manufacturers,  -- without claims whose realis is in doubt
  list_sort(list_distinct(flatten(list(p.manufacturers) FILTER (p.realis NOT IN ('actual', 'ongoing'))))) AS planned_manufacturers,  -- likewise
  list_sort(list_distinct(list(p.licensor) FILTER (p.licensor IS NOT NULL))) AS licensors,  -- who gives others the licence to make it
  list_sort(list_distinct(list(p.registration_holder) FILTER (p.registration_holder IS NOT NULL))) AS registration_holders,  -- in whose name it is registered
  list_sort(list_distinct(list(d.path))) AS paths,  -- the documents that describe it
  e.documents  -- number of documents that mention it
FROM entity e
JOIN entity_member em USING (entity_id)
JOIN mention m USING (mention_id)
JOIN checked_product p ON p.record_id = m.record_id AND m.field = 'name'
JOIN document d ON d.document_id = p.document_id
WHERE e.kind = 'product' AND NOT e.is_role
GROUP BY ALL
ORDER BY e.documents DESC, e.name, e.entity_id
