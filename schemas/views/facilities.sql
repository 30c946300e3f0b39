-- One row per facility, whatever documents claim of it. What has neither a name of its own nor somebody whose it is, is left out.
-- stored
WITH named AS (
  SELECT m.record_id, m.field, any_value(e.name) AS name
  FROM mention m JOIN entity_member USING (mention_id) JOIN entity e USING (entity_id)
  WHERE m.field IN ('operator', 'owner', 'host')
  GROUP BY ALL
),
claims AS (
  SELECT f.* REPLACE (
    CASE WHEN f.operator IS NOT NULL THEN coalesce(p.name, f.operator) END AS operator,
    CASE WHEN f.owner IS NOT NULL THEN coalesce(o.name, f.owner) END AS owner,
    CASE WHEN f.host IS NOT NULL THEN coalesce(h.name, f.host) END AS host)
  FROM checked_facility f
  LEFT JOIN named p ON p.record_id = f.record_id AND p.field = 'operator'
  LEFT JOIN named o ON o.record_id = f.record_id AND o.field = 'owner'
  LEFT JOIN named h ON h.record_id = f.record_id AND h.field = 'host'
)
SELECT
  e.entity_id,  -- id for evidence_of(id) and `dossier explain`
  e.name,  -- the name most documents use
  e.aliases,  -- other names and languages
  mode(f.kind ORDER BY d.date DESC NULLS LAST, d.path, f.record_id) AS kind,  -- the one most claims give, at a tie the newest document's
  mode(f.operator ORDER BY d.date DESC NULLS LAST, d.path, f.record_id) AS operator,  -- its name across documents; the one most claims give, at a tie the newest document's
  mode(f.owner ORDER BY d.date DESC NULLS LAST, d.path, f.record_id) AS owner,  -- its name across documents; the one most claims give, at a tie the newest document's
  mode(f.host ORDER BY d.date DESC NULLS LAST, d.path, f.record_id) AS host,  -- its name across documents; the one most claims give, at a tie the newest document's
  mode(f.place ORDER BY d.date DESC NULLS LAST, d.path, f.record_id) AS place,  -- the one most claims give, at a tie the newest document's
  list_sort(list_distinct(list(f.place) FILTER (f.place IS NOT NULL))) AS places,  -- all that claims give
  e.country,  -- the country most often claimed
  arg_max(f.status, (coalesce(d.date, ''), f.record_id)) AS status,  -- of the newest document
  arg_max(f.realis, (coalesce(d.date, ''), f.record_id)) AS realis,  -- of the newest document
  count(DISTINCT f.record_id) AS claims,  -- claims about it
  list_sort(list_distinct(list(d.path))) AS paths,  -- the documents
  count(DISTINCT d.document_id) AS documents,
  count(DISTINCT f.status) FILTER (f.status <> 'unknown') < 2 AS agree  -- whether claims agree on its status
FROM entity e
JOIN entity_member m USING (entity_id)
JOIN claims f USING (record_id)
JOIN document d ON d.document_id = f.document_id
WHERE e.kind = 'facility' AND (NOT e.is_role OR coalesce(f.operator, f.owner, f.host) IS NOT NULL)
GROUP BY ALL
ORDER BY documents DESC, claims DESC, e.name, e.entity_id
