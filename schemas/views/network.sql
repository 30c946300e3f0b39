-- Who stands around an organisation, given by a name or id, by deals: everybody at most so many hops away, with a shortest way there.
CREATE MACRO network(whose, hops) AS TABLE
WITH RECURSIVE ties AS MATERIALIZED (
  SELECT a_id AS here, b_id AS there, b AS there_name FROM partner_pairs
  UNION SELECT b_id, a_id, a FROM partner_pairs
),
walk(node, name, hop, way) USING KEY (node) AS (
  SELECT e.entity_id, e.name, 0, [e.name]
  FROM entity e
  WHERE e.kind = 'organisation' AND (e.entity_id = whose
    OR list_contains(list_transform(list_append(e.aliases, e.name), lambda n: strip_accents(lower(n))), strip_accents(lower(whose))))
  UNION ALL
  SELECT t.there, min(t.there_name), min(w.hop) + 1, min(list_append(w.way, t.there_name))
  FROM walk w JOIN ties t ON t.here = w.node
  LEFT JOIN recurring.walk seen ON seen.node = t.there
  WHERE w.hop < hops AND seen.node IS NULL
  GROUP BY t.there
)
SELECT w.hop, w.name AS organisation, e.country, w.way, w.node AS entity_id
FROM walk w JOIN entity e ON e.entity_id = w.node
ORDER BY w.hop, w.name, w.node
