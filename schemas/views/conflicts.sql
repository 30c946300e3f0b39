-- One row per field of one entity on which claims differ, with whether they only seem to: a date less precise, a part of a total, a population in other words, another period or unit.
-- stored
WITH deal_dates AS (
  SELECT m.entity_id, a.path, x.field, x.value, x.lo, x.hi
  FROM agreements a
  JOIN entity_member m ON m.record_id = a.record_id AND m.mention_id IS NULL
  CROSS JOIN LATERAL (
    SELECT unnest(['signed', 'announced', 'effective', 'ends']) AS field,
      unnest([a.signed, a.announced, a.effective, a.ends]) AS value,
      unnest([a.signed_lo, a.announced_lo, a.effective_lo, a.ends_lo]) AS lo,
      unnest([a.signed_hi, a.announced_hi, a.effective_hi, a.ends_hi]) AS hi) x
  WHERE x.value IS NOT NULL
),
event_dates AS (
  SELECT m.entity_id, d.path, 'start' AS field, v.start AS value, v.start_lo AS lo, v.start_hi AS hi
  FROM checked_event v
  JOIN document d USING (document_id)
  JOIN entity_member m ON m.record_id = v.record_id AND m.mention_id IS NULL
  WHERE v.start IS NOT NULL
),
dates AS (
  SELECT entity_id, field, NULL AS period, list(DISTINCT value ORDER BY value) AS values, list(DISTINCT path ORDER BY path) AS paths,
    max(lo) <= min(hi) AS only_seeming, 'one is less precise' AS why
  FROM (FROM deal_dates UNION ALL FROM event_dates)
  GROUP BY entity_id, field HAVING count(DISTINCT value) > 1
),
concluded AS (
  SELECT deal_id AS entity_id, 'concluded' AS field, NULL AS period, list(DISTINCT status::VARCHAR ORDER BY status::VARCHAR) AS values,
    list(DISTINCT path ORDER BY path) AS paths, false AS only_seeming, NULL AS why
  FROM agreements WHERE concluded IS NOT NULL AND deal_id IS NOT NULL
  GROUP BY deal_id HAVING count(DISTINCT concluded) > 1 AND count(DISTINCT status) > 1
),
countries AS (
  SELECT em.entity_id, 'country' AS field, NULL AS period, list(DISTINCT m.within ORDER BY m.within) AS values,
    list(DISTINCT d.path ORDER BY d.path) AS paths, false AS only_seeming, NULL AS why
  FROM entity_member em JOIN mention m USING (mention_id) JOIN document d ON d.document_id = m.document_id
  WHERE m.within IS NOT NULL AND m.kind = 'organisation'
  GROUP BY em.entity_id HAVING count(DISTINCT m.within) > 1
),
bearers AS (
  SELECT e.entity_id, 'country' AS field, NULL AS period, x.values, x.paths, NULL::BOOLEAN AS only_seeming, NULL AS why
  FROM (
    SELECT strip_accents(lower(e.name)) AS folded, min(e.entity_id) AS entity_id, list(DISTINCT e.country ORDER BY e.country) AS values, list(DISTINCT d.path ORDER BY d.path) AS paths
    FROM entity e JOIN entity_member em USING (entity_id) JOIN document d ON d.document_id = em.document_id
    WHERE e.kind = 'organisation' AND NOT e.is_role AND e.country IS NOT NULL
    GROUP BY folded HAVING count(DISTINCT e.country) > 1
  ) x JOIN entity e USING (entity_id)
),
sums AS (
  SELECT deal_id AS entity_id, kind::VARCHAR AS field, NULL AS period, list(DISTINCT text ORDER BY text) AS values,
    list(DISTINCT path ORDER BY path) AS paths,
    count(DISTINCT basis) > 1 OR count(DISTINCT qualifier) > 1 OR bool_or(basis <> 'total') AS only_seeming,
    CASE WHEN count(DISTINCT basis) > 1 OR bool_or(basis <> 'total') THEN 'one is a part, or the share of each' ELSE 'one is only about, over or up to' END AS why
  FROM amounts WHERE deal_id IS NOT NULL AND value IS NOT NULL
  GROUP BY deal_id, kind, currency HAVING count(DISTINCT value) > 1
),
figures AS (
  SELECT m.entity_id, i.measure, i.subject, i.change, lower(i.population) AS population, i.geography, i.period, CASE WHEN lower(i.unit) IN ('percent', 'per cent', '%', 'процент', 'процентов', 'процента', '百分之') THEN '%' ELSE lower(i.unit) END AS unit, i.value, i.path
  FROM indicators i JOIN entity_member m ON m.record_id = i.record_id AND m.mention_id IS NULL
  WHERE i.value IS NOT NULL
),
measured AS (
  SELECT min(entity_id) AS entity_id, lower(measure) AS field, CASE WHEN count(DISTINCT period) = 1 THEN any_value(period) END AS period,
    list(DISTINCT value::VARCHAR ORDER BY value::VARCHAR) AS values, list(DISTINCT path ORDER BY path) AS paths,
    count(DISTINCT coalesce(population, '')) > 1 OR count(DISTINCT coalesce(period, '')) > 1 OR count(DISTINCT coalesce(unit, '')) > 1 AS only_seeming,
    concat_ws(', ', CASE WHEN count(DISTINCT coalesce(population, '')) > 1 THEN 'the population in other words' END,
      CASE WHEN count(DISTINCT coalesce(period, '')) > 1 THEN 'another period' END,
      CASE WHEN count(DISTINCT coalesce(unit, '')) > 1 THEN 'another unit' END) AS why
  FROM figures GROUP BY lower(measure), coalesce(geography, ''), coalesce(subject, ''), coalesce(change::VARCHAR, '') HAVING count(DISTINCT value) > 1
)
SELECT
  c.entity_id,  -- id for evidence_of(id) and `dossier explain`
  e.kind,
  e.name,
  c.field,  -- what claims differ on
  c.period,  -- of a figure, where it is the same
  c.values,  -- what is claimed
  c.only_seeming,  -- whether both can be true; null where it is one thing with two countries, or two of one name
  CASE WHEN c.only_seeming IS NULL THEN 'or two bear one name' WHEN c.only_seeming THEN c.why END AS why,  -- why they only seem to differ, or may
  c.paths  -- the documents
FROM (
  FROM dates UNION ALL FROM concluded UNION ALL FROM countries UNION ALL FROM bearers UNION ALL FROM sums UNION ALL FROM measured
) c
JOIN entity e USING (entity_id)
ORDER BY c.only_seeming, e.kind, e.name, c.field, c.entity_id
