-- One row per claim of an event in a document, in order of time.
SELECT
  v.record_id,  -- id for evidence_of(id) and `dossier explain`
  d.path,  -- the document
  v.name,
  v.kind,
  v.realis,
  v.start AS starts,  -- EDTF
  v."end" AS ends,  -- EDTF
  v.start_lo AS starts_lo,
  v.place,
  v.country,
  v.participants,
  v.topics
FROM checked_event v
JOIN document d USING (document_id)
ORDER BY v.start_lo NULLS LAST, d.path, v.record_id
