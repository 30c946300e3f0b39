-- Who stands around an organisation, given by a name or id, by deals: everybody at most so many hops away, with the shortest way there.
CREATE MACRO network(whose, hops) AS TABLE
WITH RECURSIVE ties AS (
  SELECT a_id AS here, b_id AS there, b AS there_name FROM partner_pairs
  UNION SELECT b_id, a_id, a FROM partner_pairs
),
walk AS (
  SELECT e.entity_id AS at, e.name, 0 AS hop, [e.name] AS way
  FROM entity e
  WHERE e.kind = 'organisation' AND (e.entity_id = whose
    OR list_contains(list_transform(list_append(e.aliases, e.name), lambda n: strip_accents(lower(n))), strip_accents(lower(whose))))
  UNION ALL
  SELECT t.there, t.there_name, w.hop + 1, list_append(w.way, t.there_name)
  FROM walk w JOIN ties t ON t.here = w.at
  WHERE w.hop < hops AND NOT list_contains(w.way, t.there_name)
)
SELECT min(w.hop) AS hop, any_value(w.name) AS organisation, any_value(e.country) AS country, arg_min(w.way, (w.hop, w.way)) AS way, w.at AS entity_id
FROM walk w JOIN entity e ON e.entity_id = w.at
GROUP BY w.at
ORDER BY hop, organisation, w.at
