-- One row per claim of an agreement in a document, with whether it is concluded and whether it crosses a border.
SELECT
  a.record_id,  -- id for evidence_of(id) and `dossier explain`
  d.path,  -- the document
  d.date AS document_date,
  a.title,
  a.form,
  a.status,  -- where it stands, by the document
  a.realis,
  a.status IN ('agreed', 'signed', 'established', 'completed') AND a.realis IN ('actual', 'ongoing') AS concluded,  -- null when a doubt about status or realis leaves it open
  a.response,
  p.parties,  -- names across documents
  p.countries,  -- countries claimed for the parties
  CASE WHEN len(p.countries) > 1 THEN true WHEN p.all_known THEN false END AS cross_border,  -- null when a country is not known
  coalesce(a.signed, a.effective, a.announced) AS since,  -- signed, else effective, else announced
  a.signed,
  a.signed_lo,
  a.signed_hi,
  a.announced,
  a.effective,
  a.ends,
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
LEFT JOIN (
  SELECT
    record_id,
    list(coalesce(organisation, name) ORDER BY position) AS parties,
    list_sort(list_distinct(list(country) FILTER (country IS NOT NULL))) AS countries,
    bool_and(country IS NOT NULL) AND count(*) > 1 AS all_known
  FROM parties
  GROUP BY record_id
) p USING (record_id)
ORDER BY coalesce(a.signed_lo, a.effective_lo, a.announced_lo, d.date_lo), d.path, a.record_id
