-- One row per stage of an agreement, such as a step of a technology transfer, with what is to be made by when.
-- stored
SELECT
  a.record_id,  -- id for evidence_of(id) and `dossier explain`
  a.deal_id,  -- the deal it is a claim of, in `deals`
  a.path,  -- the document
  s.position,  -- order in the agreement, from 0
  a.parties,  -- names across documents
  s.stage.label AS label,  -- as written, such as `Stage 1`
  s.stage.period AS period,  -- EDTF
  s.stage.period_lo AS period_lo,  -- first day of `period`
  s.stage.period_hi AS period_hi,  -- last day of `period`
  s.stage.description AS description,  -- what is done
  s.stage.quantity AS quantity,  -- how much
  s.stage.qualifier AS qualifier,  -- how the text limits the quantity
  s.stage.unit AS unit,  -- what is counted
  s.stage.status AS status,  -- of the stage: planned, ongoing, completed
  a.status AS deal_status,  -- of the agreement
  a.realis  -- of the agreement
FROM agreements a
CROSS JOIN LATERAL (SELECT unnest(a.stages) AS stage, generate_subscripts(a.stages, 1) - 1 AS position) s
ORDER BY a.path, a.record_id, s.position
