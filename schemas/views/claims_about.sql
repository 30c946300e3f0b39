-- Every claim that names whoever or whatever bears a name, but what reviewers rejected: case, accents and Cyrillic letters aside, under any of its names; `quote` has all quotes of the record. Two bearers of one name are told apart by `entity_id`, and `bearers` says how many there are.
CREATE MACRO claims_about(whose) AS TABLE
WITH meant AS (
  SELECT e.entity_id, e.kind, e.name AS entity, count(*) OVER () AS bearers
  FROM entity e
  WHERE e.entity_id = whose
    OR list_contains(list_transform(list_append(e.aliases, e.name), lambda n: folded(n)), folded(whose))
)
SELECT m.bearers, m.kind, m.entity, m.entity_id, x.field, x.name AS called, d.path, x.record_id, q.quote
FROM meant m
JOIN entity_member em USING (entity_id)
JOIN mention x ON x.mention_id = em.mention_id
JOIN document d ON d.document_id = x.document_id
ANTI JOIN decision r ON r.record_id = x.record_id AND r.state = 'stands' AND r.verdict = 'reject' AND r.path IN ('', x.field)
LEFT JOIN (SELECT record_id, string_agg(quote, ' … ' ORDER BY position) AS quote FROM evidence WHERE field = '' GROUP BY record_id) q ON q.record_id = x.record_id
ORDER BY m.kind, m.entity_id, d.path, x.record_id, x.field
