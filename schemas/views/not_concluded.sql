-- One row per claim of an agreement that is not concluded: asked for, drafted, negotiated, expected, refused, or left without an answer.
-- stored
SELECT
  record_id,  -- id for evidence_of(id) and `dossier explain`
  deal_id,  -- the deal it is a claim of, in `deals`
  path,  -- the document
  document_date,  -- its own date, EDTF
  status,  -- the point at which it stands, by the document
  response,  -- of the side that was asked
  realis,
  parties,  -- names across documents
  unnamed_parties,  -- as the text describes them
  subject,  -- what it is about
  title,
  products,
  coalesce(settled, false) AS concluded_elsewhere,  -- whether other claims of the deal have it concluded, as `deals` judges it
  concluded IS NULL AS open  -- whether a doubt about status or realis leaves it open
FROM agreements a
LEFT JOIN (SELECT entity_id AS deal_id, concluded AS settled FROM deals) d USING (deal_id)
WHERE NOT coalesce(concluded, false) AND NOT coalesce(realis IN ('actual', 'ongoing') AND status IN ('unknown', 'announced'), false)
ORDER BY document_date, path, record_id
