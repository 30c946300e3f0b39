-- What an organisation, given by a name or id, has signed, asked for, drafted, been refused or left without an answer: one row per claim of an agreement to which it is a party, with its part and the others.
CREATE MACRO dealings(whose) AS TABLE
WITH meant AS (
  SELECT e.entity_id, e.name AS known_as, count(*) OVER () AS bearers
  FROM entity e
  WHERE e.kind = 'organisation' AND (e.entity_id = whose
    OR e.entity_id IN (SELECT entity_id FROM _known_name WHERE folded = folded(whose)))
)
SELECT a.since, a.status, a.response, a.concluded, p.role, m.known_as,
  o.others, a.subject, a.title, a.path, a.record_id, a.deal_id, m.bearers
FROM meant m
JOIN parties p ON p.entity_id = m.entity_id
JOIN agreements a ON a.record_id = p.record_id
LEFT JOIN (
  SELECT x.record_id, y.entity_id, list(coalesce(x.organisation, x.name) ORDER BY x.position) AS others
  FROM parties x JOIN parties y ON x.record_id = y.record_id AND x.entity_id IS DISTINCT FROM y.entity_id
  GROUP BY ALL
) o ON o.record_id = p.record_id AND o.entity_id = p.entity_id
ORDER BY coalesce(a.signed_lo, a.effective_lo, a.announced_lo), a.document_date, a.path, a.record_id
