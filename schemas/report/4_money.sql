-- Sums of money by year
-- form: bars
-- heads: bar = year, part = what of it, value = sums
-- How many sums the documents give, by the year of the deal or, without one, of the document, and what may be done with each: what is only planned, part of another sum, told again, ambiguous or not disclosed is in no total.
SELECT
  coalesce(year(d.since_lo)::VARCHAR, left(p.date, 4), 'undated') AS bar,
  CASE WHEN a.summable_once THEN 'disclosed, in the total'
    WHEN a.qualifier = 'undisclosed' OR a.value IS NULL THEN 'not disclosed'
    WHEN a.basis = 'ambiguous' OR a.basis = 'each' THEN 'ambiguous, or of each'
    WHEN a.repeated OR a.summable THEN 'told again'
    WHEN a.part_of_total THEN 'part of another sum'
    ELSE 'planned or doubted' END AS part,
  count(*) AS value,
  list(a.text ORDER BY a.path, a.record_id, a.position) AS as_written,
  list_sort(list_distinct(list(a.record_id))) AS record_ids
FROM amounts a
LEFT JOIN deals d ON d.entity_id = a.deal_id
LEFT JOIN document p ON p.path = a.path
GROUP BY ALL
ORDER BY bar, part
