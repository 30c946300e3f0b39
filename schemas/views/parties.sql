-- One row per party of an agreement, joined to the organisation it is.
-- stored
SELECT
  a.record_id,  -- the agreement
  a.document_id,
  d.path,  -- the document
  p.i - 1 AS position,  -- order in the agreement, from 0
  p.party.name AS name,  -- as written
  p.party.role AS role,  -- its part in the deal
  p.party.kind AS kind,
  e.entity_id,  -- the organisation
  e.name AS organisation,  -- its name across documents
  e.is_role,  -- whether the name only says who somebody is in the text
  e.country,  -- the country most often claimed for it, by all documents
  own.countries AS claimed_countries  -- the countries that this document claims for it
FROM checked_agreement a
JOIN document d USING (document_id)
CROSS JOIN LATERAL (SELECT unnest(a.parties) AS party, generate_subscripts(a.parties, 1) AS i) p
LEFT JOIN mention m ON m.record_id = a.record_id AND m.field = 'parties[' || (p.i - 1) || '].name'
LEFT JOIN entity_member em USING (mention_id)
LEFT JOIN entity e USING (entity_id)
LEFT JOIN (
  SELECT em.entity_id, em.document_id, list_sort(list_distinct(list(m.within))) AS countries
  FROM entity_member em JOIN mention m USING (mention_id)
  WHERE m.within IS NOT NULL
  GROUP BY ALL
) own ON own.entity_id = e.entity_id AND own.document_id = a.document_id
WHERE p.party.name IS NOT NULL
