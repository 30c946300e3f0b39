-- One row per claim that dates something: a deal signed, announced, taking effect or ending, an event, a paper, an activity; claims of one deal, event or paper share `entity_id`. A month is a month, not a day: `lo` and `hi` are the first and last day of `date`.
-- stored
WITH dated AS (
  SELECT a.record_id, 'agreement' AS record_type, x.what, x.date, x.lo, x.hi, coalesce(a.title, a.subject) AS told, a.parties AS who, a.realis, a.path
  FROM agreements a
  CROSS JOIN LATERAL (
    SELECT unnest(['signed', 'announced', 'takes effect', 'ends']) AS what,
      unnest([a.signed, a.announced, a.effective, a.ends]) AS date,
      unnest([a.signed_lo, a.announced_lo, a.effective_lo, a.ends_lo]) AS lo,
      unnest([a.signed_hi, a.announced_hi, a.effective_hi, a.ends_hi]) AS hi) x
  UNION ALL
  SELECT v.record_id, 'event', v.kind::VARCHAR, CASE WHEN v."end" IS NULL THEN v.start ELSE v.start || '/' || v."end" END, v.start_lo, coalesce(v.end_hi, v.start_hi), v.name,
    list_distinct(v.hosts || list_transform(v.participants, lambda p: p.name)), v.realis, d.path
  FROM checked_event v JOIN document d USING (document_id)
  UNION ALL
  SELECT i.record_id, 'instrument', i.kind::VARCHAR, i.date, i.date_lo, i.date_hi, coalesce(i.title, i.number), CASE WHEN i.issuer IS NOT NULL THEN [i.issuer] END, i.realis, d.path
  FROM checked_instrument i JOIN document d USING (document_id)
  UNION ALL
  SELECT c.record_id, 'activity', c.kind::VARCHAR, c.period, c.period_lo, c.period_hi, c.description, c.actors,
    CASE WHEN s.record_id IS NULL THEN c.realis ELSE 'planned' END, d.path
  FROM checked_activity c JOIN document d USING (document_id)
  -- What the same document tells as a planned stage of a deal is planned.
  LEFT JOIN (SELECT path, period, description, any_value(record_id) AS record_id FROM stages WHERE status = 'planned' GROUP BY ALL) s
    ON s.path = d.path AND s.period = c.period AND s.description = c.description
)
SELECT
  lo,  -- first day; null for an open beginning
  hi,  -- last day; null for an open end
  date,  -- EDTF, as precise as the text
  record_type,  -- agreement, event, instrument or activity
  what,  -- what happened then, or what kind of thing it is
  told,  -- its title, name or description
  who,  -- parties, hosts and participants, issuer or actors; of agreements by their names across documents
  realis,  -- whether it is so: what is planned stands here too
  path,  -- the document
  record_id,  -- id for evidence_of(id) and `dossier explain`
  m.entity_id  -- the deal, event or paper across documents
FROM dated
LEFT JOIN (SELECT record_id, entity_id FROM entity_member WHERE mention_id IS NULL) m USING (record_id)
WHERE date IS NOT NULL
ORDER BY coalesce(lo, hi), hi, record_type, path, record_id, what
