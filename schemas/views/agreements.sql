-- One row per claim of an agreement in a document, with whether it is concluded and whether it crosses a border.
-- stored
SELECT
  a.record_id,  -- id for evidence_of(id) and `dossier explain`
  m.entity_id AS deal_id,  -- the deal it is a claim of, in `deals`
  d.path,  -- the document
  d.date AS document_date,  -- its own date, EDTF
  a.title,
  a.form,
  a.status,  -- where it stands, by the document
  a.realis,
  CASE WHEN a.realis IN ('actual', 'ongoing') AND a.status IN ('unknown', 'announced') AND a.effective_lo <= d.date_hi THEN true
    WHEN a.realis IN ('actual', 'ongoing') AND (a.status = 'unknown' OR a.status = 'announced' AND NOT coalesce(a.form = 'founding' AND len(a.stakes) > 0, false)) THEN NULL
    ELSE a.realis IN ('actual', 'ongoing') AND (
      a.status IN ('agreed', 'signed', 'established', 'completed')
      OR a.status IN ('suspended', 'terminated') AND coalesce(a.signed, a.effective) IS NOT NULL
      OR a.status = 'announced') END AS concluded,  -- also once in force and ended, and founded with stakes; null where the document leaves it open (unknown, announced) or a doubt about status or realis does
  a.response,
  a.unnamed_parties,  -- as the text describes them
  p.parties,  -- names across documents
  p.countries,  -- countries claimed for the parties
  CASE WHEN len(p.countries) > 1 THEN true WHEN p.all_known THEN false END AS cross_border,  -- null when a country is not known
  coalesce(a.signed, a.effective, a.announced) AS since,  -- signed, else effective, else announced
  a.signed,
  a.signed_lo,
  a.signed_hi,
  a.announced,
  a.announced_lo,
  a.announced_hi,
  a.effective,
  a.effective_lo,
  a.effective_hi,
  a.ends,
  a.ends_lo,
  a.ends_hi,
  a.subject,
  a.components,
  a.products,
  a.technologies,
  a.territories,
  a.place,
  a.country,
  a.stages,
  a.amounts,
  a.stakes,
  a.instruments,
  a.follows,
  a.speaker
FROM checked_agreement a
JOIN document d USING (document_id)
LEFT JOIN entity_member m ON m.record_id = a.record_id AND m.mention_id IS NULL
LEFT JOIN (
  SELECT
    record_id,
    list(coalesce(organisation, name) ORDER BY position) AS parties,
    list_sort(list_distinct(list(country) FILTER (country IS NOT NULL))) AS countries,
    bool_and(country IS NOT NULL) AND count(*) > 1 AS all_known
  FROM parties
  GROUP BY record_id
) p ON p.record_id = a.record_id
ORDER BY coalesce(a.signed_lo, a.effective_lo, a.announced_lo, d.date_lo), d.path, a.record_id
