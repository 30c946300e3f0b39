-- One row per deal, whatever documents claim of it: each field by a stated rule, with how many claims and documents stand behind it and whether they agree. The claims are in `agreements`.
-- stored
WITH claims AS (
  SELECT m.entity_id, a.*, c.passage_id
  FROM entity e
  JOIN entity_member m USING (entity_id)
  JOIN agreements a USING (record_id)
  JOIN checked_agreement c USING (record_id)
  WHERE e.kind = 'agreement'
),
dated AS (
  SELECT entity_id, field, value, lo, hi, count(*) AS claims, max(document_date) AS newest
  FROM (
    SELECT entity_id, 'signed' AS field, signed AS value, signed_lo AS lo, signed_hi AS hi, document_date FROM claims WHERE signed IS NOT NULL
    UNION ALL
    SELECT entity_id, 'announced', announced, announced_lo, announced_hi, document_date FROM claims WHERE announced IS NOT NULL
    UNION ALL
    SELECT entity_id, 'effective', effective, effective_lo, effective_hi, document_date FROM claims WHERE effective IS NOT NULL
    UNION ALL
    SELECT entity_id, 'ends', ends, ends_lo, ends_hi, document_date FROM claims WHERE ends IS NOT NULL
  )
  GROUP BY ALL
),
best_date AS (
  SELECT entity_id, field, value, lo,
    row_number() OVER (PARTITION BY entity_id, field ORDER BY coalesce(hi, '9999-12-31') - coalesce(lo, '0001-01-01'), claims DESC, newest DESC NULLS LAST, value) AS place
  FROM dated
),
dates AS (
  SELECT entity_id,
    any_value(value) FILTER (field = 'signed') AS signed,
    any_value(lo) FILTER (field = 'signed') AS signed_lo,
    any_value(value) FILTER (field = 'announced') AS announced,
    any_value(lo) FILTER (field = 'announced') AS announced_lo,
    any_value(value) FILTER (field = 'effective') AS effective,
    any_value(lo) FILTER (field = 'effective') AS effective_lo,
    any_value(value) FILTER (field = 'ends') AS ends
  FROM best_date WHERE place = 1 GROUP BY ALL
),
newest AS (
  SELECT entity_id, arg_max(status, (coalesce(document_date, ''), path, record_id)) AS status,
    arg_max(realis, (coalesce(document_date, ''), path, record_id)) AS realis
  FROM claims GROUP BY ALL
),
settled AS (
  SELECT entity_id, bool_or(concluded AND (coalesce(signed, effective) IS NOT NULL OR coalesce(document_date, '') = latest)) AS concluded
  FROM (SELECT *, max(coalesce(document_date, '')) FILTER (concluded IS NOT NULL) OVER (PARTITION BY entity_id) AS latest FROM claims)
  GROUP BY ALL
),
taking_part AS (
  SELECT c.entity_id, coalesce(p.entity_id, p.name) AS party, min(coalesce(p.organisation, p.name)) AS name,
    list_sort(list_distinct(list(p.role::VARCHAR))) AS roles, min(p.country) AS country, count(*) AS claims
  FROM claims c JOIN parties p USING (record_id)
  WHERE NOT coalesce(p.is_role, false)
  GROUP BY ALL
),
party_lists AS (
  SELECT entity_id, list(name ORDER BY claims DESC, name) AS parties,
    list(struct_pack(name := name, roles := roles, country := country, claims := claims) ORDER BY claims DESC, name, country, roles) AS parties_in_full,
    list_sort(list_distinct(list(country) FILTER (country IS NOT NULL))) AS countries,
    bool_and(country IS NOT NULL) AND count(*) > 1 AS all_known
  FROM taking_part GROUP BY ALL
),
money AS (
  SELECT entity_id, list(DISTINCT amount ORDER BY amount) AS amounts
  FROM (
    SELECT c.entity_id, a.kind::VARCHAR || ': ' || a.text AS amount
    FROM claims c JOIN amounts a USING (record_id)
  )
  GROUP BY ALL
)
SELECT
  c.entity_id,  -- id for evidence_of(id) and `dossier explain`
  coalesce(mode(c.title ORDER BY c.document_date DESC NULLS LAST, c.path, c.record_id), max_by(c.subject, (length(c.subject), c.subject))) AS title,  -- the title most claims give, at a tie the newest document's; else the longest subject
  mode(c.form ORDER BY c.document_date DESC NULLS LAST, c.path, c.record_id) AS form,  -- the one most claims give, at a tie the newest document's
  any_value(n.status) AS status,  -- of the newest document
  any_value(n.realis) AS realis,  -- of the newest document
  any_value(s.concluded) AS concluded,  -- by a claim that gives the day it was signed or took effect, else by the newest document that decides
  any_value(p.parties) AS parties,  -- those of all claims, without roles such as "the partners"; the most claimed first
  any_value(p.parties_in_full) AS parties_in_full,  -- with roles, country and number of claims
  any_value(p.countries) AS countries,  -- of the parties, by all documents
  CASE WHEN len(any_value(p.countries)) > 1 THEN true WHEN any_value(p.all_known) THEN false END AS cross_border,  -- null when a country is not known
  coalesce(any_value(d.signed), any_value(d.effective), any_value(d.announced)) AS since,  -- signed, else effective, else announced
  any_value(d.signed) AS signed,  -- the most precise claim, then the most frequent, then of the newest document
  coalesce(any_value(d.signed_lo), any_value(d.effective_lo), any_value(d.announced_lo)) AS since_lo,  -- first day of `since`
  any_value(d.announced) AS announced,  -- by the same rule
  any_value(d.effective) AS effective,  -- by the same rule
  any_value(d.ends) AS ends,  -- by the same rule
  max_by(c.subject, (length(c.subject), c.subject)) AS subject,  -- the longest
  list_sort(list_distinct(flatten(list(c.products)))) AS products,  -- those of all claims
  any_value(m.amounts) AS amounts,  -- those of all claims, as written
  count(DISTINCT c.record_id) AS claims,  -- claims about it
  list_sort(list_distinct(list(c.path))) AS paths,  -- the documents
  count(DISTINCT c.path) AS documents,
  coalesce(bool_or(c.concluded) = bool_and(c.concluded), true) AND NOT EXISTS (
    SELECT 1 FROM dated x JOIN dated y USING (entity_id, field)
    WHERE entity_id = c.entity_id AND x.hi < y.lo) AS agree  -- whether claims agree on the dates and on whether it is concluded
FROM claims c
JOIN newest n USING (entity_id)
LEFT JOIN settled s USING (entity_id)
LEFT JOIN dates d USING (entity_id)
LEFT JOIN party_lists p USING (entity_id)
LEFT JOIN money m USING (entity_id)
GROUP BY c.entity_id
ORDER BY since_lo NULLS LAST, title, c.entity_id
