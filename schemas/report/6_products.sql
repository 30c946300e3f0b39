-- Products, from who developed them to who makes them
-- form: flow
-- heads: left = from, middle = product, right = made by, planned = -
-- On the left who developed a product or licenses it, on the right who makes it. Broken lines are planned, or in doubt.
SELECT
  m.product_id AS id,
  CASE WHEN m.part IN ('developer', 'licensor', 'registration holder') THEN m.organisation END AS "left",
  m.product AS middle,
  CASE WHEN m.part NOT IN ('developer', 'licensor', 'registration holder') THEN m.organisation END AS "right",
  m.part,
  m.part IN ('planned manufacturer', 'manufacturer, in doubt') AS planned,
  m.country,
  list_sort(list_distinct(list(c.record_id))) AS record_ids
FROM developers_and_makers m
LEFT JOIN entity_member c ON c.entity_id = m.product_id AND c.mention_id IS NOT NULL
  AND c.record_id IN (SELECT record_id FROM entity_member o WHERE o.entity_id = m.organisation_id)
GROUP BY ALL
ORDER BY middle, part, "left", "right", id
