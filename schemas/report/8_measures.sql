-- Measures over time
-- form: dots
-- heads: label = -, lo = -, hi = -, series = measure, geography = -, population = -, subject = -
-- Figures that documents give for more than one time; a figure of a year or a span is a bar as long as that. All others are in the table alone.
SELECT
  m.entity_id AS id,
  m.measure AS label,
  concat_ws(', ', m.measure, m.subject, m.population, m.geography, m.unit) AS series,
  m.period AS date, i.lo, i.hi,
  m.value::DOUBLE AS value, m.unit, m.geography, m.population, m.subject,
  list_sort(list_distinct(list(c.record_id))) AS record_ids
FROM measures m
JOIN entity_member c ON c.entity_id = m.entity_id
LEFT JOIN (SELECT em.entity_id, any_value(x.period_lo) AS lo, any_value(x.period_hi) AS hi FROM indicators x JOIN entity_member em USING (record_id) WHERE em.mention_id IS NULL GROUP BY 1) i ON i.entity_id = m.entity_id
WHERE c.mention_id IS NULL
GROUP BY ALL
ORDER BY series, i.lo, id
