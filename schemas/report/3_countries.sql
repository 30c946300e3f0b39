-- Country by country
-- form: matrix
-- heads: row = one, column = other, value = deals
-- Deals between organisations of two countries, each deal counted once for each pair of its countries. Deals whose parties have no known country, or only one, are not among them.
WITH pairs AS (
  SELECT x.c AS "row", y.c AS "column", d.entity_id, d.concluded
  FROM deals d
  CROSS JOIN LATERAL (SELECT unnest(d.countries) AS c) x
  CROSS JOIN LATERAL (SELECT unnest(d.countries) AS c) y
  WHERE x.c < y.c
)
SELECT p."row", p."column", count(DISTINCT p.entity_id) AS value, count(DISTINCT p.entity_id) FILTER (p.concluded) AS concluded,
  list_sort(list_distinct(list(a.record_id))) AS record_ids
FROM pairs p JOIN agreements a ON a.deal_id = p.entity_id
GROUP BY ALL
ORDER BY value DESC, "row", "column"
