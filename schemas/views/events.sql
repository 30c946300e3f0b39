-- One row per event, whatever documents claim of it, in order of time.
-- stored
WITH claims AS (
  SELECT m.entity_id, v.*, d.date AS document_date, d.path
  FROM entity e
  JOIN entity_member m USING (entity_id)
  JOIN checked_event v USING (record_id)
  JOIN document d ON d.document_id = v.document_id
  WHERE e.kind = 'event'
),
hosting AS (
  SELECT c.entity_id, list_sort(list_distinct(list(coalesce(e.name, m.name)))) AS hosts
  FROM claims c
  JOIN mention m ON m.record_id = c.record_id AND starts_with(m.field, 'hosts[') AND list_contains(c.hosts, m.name)
  LEFT JOIN entity_member em ON em.mention_id = m.mention_id
  LEFT JOIN entity e ON e.entity_id = em.entity_id
  GROUP BY ALL
)
SELECT
  entity_id,  -- id for evidence_of(id) and `dossier explain`
  max_by(name, (length(name), name)) AS name,  -- the longest
  mode(kind ORDER BY document_date DESC NULLS LAST, path, record_id) AS kind,  -- the one most claims give, at a tie the newest document's
  arg_max(realis, (coalesce(document_date, ''), record_id)) AS realis,  -- of the newest document
  min_by(start, (coalesce(start_hi, '9999-12-31') - coalesce(start_lo, '0001-01-01'), start)) FILTER (start IS NOT NULL) AS starts,  -- EDTF, the most precise claim
  min_by("end", (coalesce(end_hi, '9999-12-31') - coalesce(end_lo, '0001-01-01'), "end")) FILTER ("end" IS NOT NULL) AS ends,  -- likewise
  min_by(start_lo, (coalesce(start_hi, '9999-12-31') - coalesce(start_lo, '0001-01-01'), start)) FILTER (start IS NOT NULL) AS starts_lo,  -- first day of `starts`
  mode(place ORDER BY document_date DESC NULLS LAST, path, record_id) AS place,  -- the one most claims give, at a tie the newest document's
  mode(country ORDER BY document_date DESC NULLS LAST, path, record_id) AS country,  -- the one most claims give, at a tie the newest document's
  any_value(h.hosts) AS hosts,  -- those of all claims, by their names across documents
  list_distinct(flatten(list(participants ORDER BY record_id))) AS participants,  -- those of all claims
  list_sort(list_distinct(flatten(list(topics)))) AS topics,  -- those of all claims
  list_sort(list_distinct(list(path))) AS paths,  -- the documents
  count(*) AS claims,  -- claims about it
  count(DISTINCT document_id) AS documents,
  max(start_lo) <= min(start_hi) OR count(start_lo) < 2 AS agree  -- whether claims agree on the first day
FROM claims
LEFT JOIN hosting h USING (entity_id)
GROUP BY entity_id
ORDER BY starts_lo NULLS LAST, name, entity_id
