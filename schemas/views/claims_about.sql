-- Every claim that names whoever or whatever bears a name, but what reviewers rejected: case, accents and Cyrillic letters aside, under any of its names; `quote` has all quotes of the record. Two bearers of one name are told apart by `entity_id`, and `bearers` says how many there are.
CREATE MACRO claims_about(whose) AS TABLE
WITH meant AS (
  SELECT e.entity_id, e.kind, e.name AS entity, count(*) OVER () AS bearers
  FROM entity e
  WHERE e.entity_id = whose
    OR e.entity_id IN (SELECT entity_id FROM _known_name WHERE folded = folded(whose))
),
named AS MATERIALIZED (
  SELECT m.bearers, m.kind, m.entity, m.entity_id, x.field, x.name AS called, d.path, x.record_id
  FROM meant m
  JOIN entity_member em USING (entity_id)
  JOIN mention x ON x.mention_id = em.mention_id
  JOIN document d ON d.document_id = x.document_id
  ANTI JOIN decision r ON r.record_id = x.record_id AND r.state = 'stands' AND r.verdict = 'reject' AND r.path IN ('', x.field)
)
SELECT n.*, q.quote
FROM named n
LEFT JOIN (
  SELECT record_id, string_agg(quote, ' … ' ORDER BY position) AS quote
  FROM evidence WHERE field = '' AND record_id IN (SELECT record_id FROM named)
  GROUP BY record_id
) q ON q.record_id = n.record_id
ORDER BY n.kind, n.entity_id, n.path, n.record_id, n.field
