-- Who stands around an organisation, given by a name or id, by deals: everybody at most so many hops away, with a shortest way there, and whether concluded deals alone lead there as shortly.
CREATE MACRO network(whose, hops) AS TABLE
WITH RECURSIVE ties AS MATERIALIZED (
  SELECT here, there, any_value(there_name) AS there_name, sum(concluded) > 0 AS concluded
  FROM (
    SELECT a_id AS here, b_id AS there, b AS there_name, concluded FROM partner_pairs
    UNION ALL SELECT b_id, a_id, a, concluded FROM partner_pairs
  )
  GROUP BY ALL
),
walk(node, name, hop, way, concluded) USING KEY (node) AS (
  SELECT e.entity_id, e.name, 0, [e.name], true
  FROM entity e
  WHERE e.kind = 'organisation' AND (e.entity_id = whose
    OR e.entity_id IN (SELECT entity_id FROM _known_name WHERE folded = folded(whose)))
  UNION ALL
  SELECT t.there, min(t.there_name), min(w.hop) + 1, min(list_append(w.way, t.there_name)), bool_or(w.concluded AND t.concluded)
  FROM walk w JOIN ties t ON t.here = w.node
  LEFT JOIN recurring.walk seen ON seen.node = t.there
  WHERE w.hop < hops AND seen.node IS NULL
  GROUP BY t.there
)
SELECT w.hop, w.name AS organisation, e.country, w.concluded, w.way, w.node AS entity_id
FROM walk w JOIN entity e ON e.entity_id = w.node
ORDER BY w.hop, w.name, w.node
