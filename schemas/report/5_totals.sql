-- Disclosed sums by year and currency
-- form: bars
-- heads: bar = year, facet = currency, part = kind, value = total
-- The total of the sums that may be added, each deal's sum once, in the currency of the text; nothing is converted. A year by the deal or, without one, by the document.
SELECT
  coalesce(year(d.since_lo)::VARCHAR, left(p.date, 4), 'undated') AS bar,
  a.currency AS facet,
  coalesce(a.kind::VARCHAR, 'other') AS part,
  sum(a.value)::DOUBLE AS value,
  count(*) AS sums,
  list_sort(list_distinct(list(a.record_id))) AS record_ids
FROM amounts a
LEFT JOIN deals d ON d.entity_id = a.deal_id
LEFT JOIN document p ON p.path = a.path
WHERE a.summable_once AND a.currency IS NOT NULL
GROUP BY ALL
ORDER BY facet, bar, part
