-- One row per sum of money, with what it belongs to, who gives it and who gets it.
-- stored
WITH all_amounts AS (
  SELECT 1 AS rank, 'agreement' AS record_type, record_id, document_id, subject AS purpose, realis, unnest(amounts) AS amount, generate_subscripts(amounts, 1) - 1 AS position FROM checked_agreement
  UNION ALL
  SELECT 2, 'programme', record_id, document_id, name, realis, unnest(amounts), generate_subscripts(amounts, 1) - 1 FROM checked_programme
  UNION ALL
  SELECT 3, 'activity', record_id, document_id, description, realis, unnest(amounts), generate_subscripts(amounts, 1) - 1 FROM checked_activity
),
judged AS (
  SELECT
    a.*,
    e.start AS place,
    d.date AS document_date,
    m.entity_id AS deal_id,
    bool_or(a.amount.basis = 'total') OVER (PARTITION BY a.record_id, a.amount.currency) AND a.amount.basis = 'share'
      OR coalesce(a.amount.stage IN ('spent', 'received') AND a.amount.value <= max(a.amount.value) FILTER (a.amount.stage IN ('planned', 'pledged', 'committed')) OVER (PARTITION BY a.record_id, a.amount.currency, a.amount.kind), false)
      OR EXISTS (FROM all_amounts b WHERE b.record_id = a.record_id AND b.amount.currency = a.amount.currency AND b.amount.value > a.amount.value AND contains(a.amount.text, b.amount.text)) AS part_of_total,
    coalesce(a.amount.value IS NOT NULL AND a.amount.basis IN ('total', 'share') AND a.amount.qualifier NOT IN ('undisclosed', 'under', 'up_to') AND a.amount.stage NOT IN ('planned', 'target') AND a.realis IN ('actual', 'ongoing'), false) AS countable
  FROM all_amounts a
  JOIN document d USING (document_id)
  LEFT JOIN entity_member m ON m.record_id = a.record_id AND m.mention_id IS NULL
  LEFT JOIN evidence e ON e.record_id = a.record_id AND e.field = 'amounts[' || a.position || '].text'
),
placed AS (
  SELECT
    *,
    bool_or(part_of_total) OVER (PARTITION BY document_id, amount.currency, amount.value) AS told_as_part,
    row_number() OVER (PARTITION BY document_id, amount.currency, amount.value ORDER BY NOT countable, rank, place, record_id, position) > 1 AS repeated,
    count(*) OVER (PARTITION BY deal_id, amount.currency, amount.kind, amount.value) AS told
  FROM judged
),
once AS (
  SELECT
    *,
    countable AND NOT repeated AND NOT told_as_part AS counts,
    row_number() OVER (
      PARTITION BY countable AND NOT repeated AND NOT told_as_part, deal_id, amount.currency, amount.kind, CASE WHEN deal_id IS NULL OR amount.kind <> 'fund_size' THEN amount.value END
      ORDER BY told DESC, document_date DESC NULLS LAST, amount.value DESC, document_id, record_id, position) AS place_among
  FROM placed
),
of_deals AS (
  SELECT DISTINCT amount.currency AS currency, amount.kind AS kind, amount.value AS value FROM once WHERE counts AND deal_id IS NOT NULL
),
named AS (
  SELECT m.record_id, m.field, e.name
  FROM mention m JOIN entity_member USING (mention_id) JOIN entity e USING (entity_id)
  WHERE m.field LIKE 'amounts[%'
)
SELECT
  a.record_id,  -- id for evidence_of(id) and `dossier explain`
  a.record_type,  -- agreement, programme or activity
  a.position,  -- order in the record, from 0
  d.path,  -- the document
  a.purpose,  -- what the money is for
  a.realis,
  a.amount.kind AS kind,
  a.amount.value AS value,  -- in plain units of the currency; null when undisclosed
  a.amount.currency AS currency,  -- ISO 4217
  a.amount.text AS text,  -- as written
  a.amount.qualifier AS qualifier,
  a.amount.basis AS basis,  -- total, share, each or ambiguous
  a.amount.stage AS stage,  -- how far the money has got
  CASE WHEN a.amount.payer IS NOT NULL THEN [coalesce(py.name, a.amount.payer)] WHEN a.amount.recipient IS NULL AND a.amount.kind IN ('upfront', 'milestone', 'royalty', 'price') THEN p.payers END AS payers,  -- who gives it by the text; of a price or fee without either, the parties whose role is to pay: buyer, licensee; else null
  CASE WHEN a.amount.recipient IS NOT NULL THEN [coalesce(re.name, a.amount.recipient)] WHEN a.amount.payer IS NULL AND a.amount.kind IN ('upfront', 'milestone', 'royalty', 'price') THEN p.payees END AS payees,  -- who gets it by the text; of a price or fee without either, supplier, licensor
  a.deal_id,  -- the deal, in `deals`
  a.repeated,  -- the document gives the same sum in another record, which counts if any does
  a.told_as_part AS part_of_total,  -- a share of a total, the spent part of a budget, or half or so of a sum it names, that the same record gives
  a.counts AS summable,  -- whether a sum over the document may include it; an upper limit (under, up to) may not
  a.counts AND a.place_among = 1 AND (a.deal_id IS NOT NULL OR x.value IS NULL) AS summable_once  -- whether a sum over all documents may: a deal's sum counts once, a fund has one size (the one most claims give, then the newest document), and of equal sums of one kind without a deal, one counts
FROM once a
JOIN document d USING (document_id)
LEFT JOIN of_deals x ON x.currency = a.amount.currency AND x.kind = a.amount.kind AND x.value = a.amount.value
LEFT JOIN named py ON py.record_id = a.record_id AND py.field = 'amounts[' || a.position || '].payer'
LEFT JOIN named re ON re.record_id = a.record_id AND re.field = 'amounts[' || a.position || '].recipient'
LEFT JOIN (
  SELECT record_id,
    list(coalesce(organisation, name) ORDER BY position) FILTER (role IN ('buyer', 'licensee')) AS payers,
    list(coalesce(organisation, name) ORDER BY position) FILTER (role IN ('supplier', 'licensor')) AS payees
  FROM parties GROUP BY record_id
) p ON p.record_id = a.record_id
ORDER BY a.amount.currency, a.amount.value DESC, d.path, a.rank, a.record_id, a.position
