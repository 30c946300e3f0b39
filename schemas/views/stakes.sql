-- One row per share that somebody holds in a venture, fund or company.
SELECT
  a.record_id,  -- id for evidence_of(id) and `dossier explain`
  d.path,  -- the document
  s.stake.holder AS holder,
  s.stake.asset AS asset,
  s.stake.percent AS percent
FROM checked_agreement a
JOIN document d USING (document_id)
CROSS JOIN LATERAL (SELECT unnest(a.stakes) AS stake) s
ORDER BY asset, percent DESC, d.path
