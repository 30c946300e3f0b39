-- One row per organisation and its part in a product, whatever documents tell of it: developer, manufacturer, planned manufacturer, licensor or holder of the registration.
-- stored
WITH told AS (
  SELECT p.record_id, m.name, m.mention_id, e.entity_id AS product_id, e.name AS product, p.realis, p.document_id,
    CASE WHEN starts_with(m.field, 'developers') THEN 'developer'
      WHEN starts_with(m.field, 'manufacturers') AND coalesce(p.realis IN ('actual', 'ongoing'), false) THEN 'manufacturer'
      WHEN starts_with(m.field, 'manufacturers') AND p.realis IS NULL THEN 'manufacturer, in doubt'
      WHEN starts_with(m.field, 'manufacturers') THEN 'planned manufacturer'
      WHEN m.field = 'licensor' THEN 'licensor' ELSE 'registration holder' END AS part
  FROM checked_product p
  JOIN mention m ON m.record_id = p.record_id
    AND (starts_with(m.field, 'developers') OR starts_with(m.field, 'manufacturers') OR m.field IN ('licensor', 'registration_holder'))
  JOIN mention own ON own.record_id = p.record_id AND own.field = 'name'
  JOIN entity_member pm ON pm.mention_id = own.mention_id
  JOIN entity e ON e.entity_id = pm.entity_id
  ANTI JOIN decision r ON r.record_id = p.record_id AND r.state = 'stands' AND r.verdict IN ('reject', 'correct') AND r.path = m.field
  WHERE p.realis IS DISTINCT FROM 'denied'
)
SELECT
  t.product_id,  -- id for evidence_of(id) and `dossier explain`
  t.product,  -- the name most documents use
  t.part,  -- developer, manufacturer, planned manufacturer, licensor or registration holder; `manufacturer, in doubt` where whether it makes it already is in doubt
  o.entity_id AS organisation_id,  -- id for evidence_of(id) and `dossier explain`
  coalesce(o.name, any_value(t.name)) AS organisation,  -- its name across documents
  o.country,  -- the country most often claimed for it
  count(DISTINCT t.record_id) AS claims,  -- claims that say so
  list_sort(list_distinct(list(d.path))) AS paths  -- the documents
FROM told t
JOIN document d USING (document_id)
LEFT JOIN entity_member om ON om.mention_id = t.mention_id
LEFT JOIN entity o ON o.entity_id = om.entity_id
GROUP BY t.product_id, t.product, t.part, o.entity_id, o.name, o.country
ORDER BY t.product, t.part, organisation, o.country, t.product_id, o.entity_id
