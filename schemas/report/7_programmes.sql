-- Programmes
-- form: table
-- State programmes, strategies and plans, with the targets and results that documents give.
SELECT p.entity_id AS id, p.name, p.country, p.authority, p.period,
  list_transform(p.facts, lambda f: concat_ws(' ', f.attribute::VARCHAR || ':', f."value", '(' || f.due || ')')) AS facts,
  list_transform(p.amounts, lambda a: a."text") AS sums,
  list_sort(list_distinct(list(m.record_id))) AS record_ids
FROM programmes p JOIN entity_member m ON m.entity_id = p.entity_id
JOIN checked_programme c USING (record_id)
GROUP BY ALL
ORDER BY p.name, id
