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
),
-- A participant is known by what the document names elsewhere by the same words.
bearers AS (
  SELECT m.document_id, m.name, min(e.name) AS known
  FROM mention m JOIN entity_member em USING (mention_id) JOIN entity e ON e.entity_id = em.entity_id
  WHERE e.kind IN ('organisation', 'person')
  GROUP BY ALL HAVING count(DISTINCT e.entity_id) = 1
),
came AS (
  SELECT entity_id, list({'name': name, 'role': role} ORDER BY name) AS participants
  FROM (
    SELECT c.entity_id, coalesce(b.known, c.p.name) AS name, min_by(c.p.role, (length(c.p.role), c.p.role)) AS role
    FROM (SELECT entity_id, document_id, unnest(participants) AS p FROM claims) c
    LEFT JOIN bearers b ON b.document_id = c.document_id AND b.name = c.p.name
    GROUP BY ALL
  )
  GROUP BY entity_id
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
  coalesce(any_value(p.participants), []) AS participants,  -- those of all claims, by their names across documents, each with the shortest role
  list_sort(list_distinct(flatten(list(topics)))) AS topics,  -- those of all claims
  list_sort(list_distinct(list(path))) AS paths,  -- the documents
  count(*) AS claims,  -- claims about it
  count(DISTINCT document_id) AS documents,
  max(start_lo) <= min(start_hi) OR count(start_lo) < 2 AS agree,  -- whether claims agree on the first day
  list_sort(list_distinct(list(start) FILTER (start IS NOT NULL))) AS starts_claimed  -- every first day that is claimed, EDTF
FROM claims
LEFT JOIN hosting h USING (entity_id)
LEFT JOIN came p USING (entity_id)
GROUP BY entity_id
ORDER BY starts_lo NULLS LAST, name, entity_id
