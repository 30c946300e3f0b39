-- Who deals with whom
-- form: network
-- heads: source_id = -, target_id = -, source = one, target = other, source_country = country of one, target_country = country of other, directed = one gives, parts = about
-- Around one organisation, as many steps away as you choose: a line for each two that deal with each other, in the colour of what the deal is about; broken where nothing is concluded.
SELECT p.a_id AS source_id, p.a AS source, p.a_country AS source_country, p.b_id AS target_id, p.b AS target, p.b_country AS target_country,
  p.directed, p.deals, p.concluded, coalesce(p.components, []) AS parts, year(p.since_lo) AS year,
  list_sort(list_distinct(list(x.record_id))) AS record_ids
FROM partner_pairs p
JOIN parties x ON x.entity_id = p.a_id
JOIN parties y ON y.entity_id = p.b_id AND y.record_id = x.record_id
GROUP BY ALL
ORDER BY deals DESC, source, target, source_id, target_id
