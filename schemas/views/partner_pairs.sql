-- One row per two organisations that deal with each other, whatever documents tell of it, with what they do and how far it has got. Directed where roles say so: `a` gives (licenses, supplies, invests, funds, proposes), `b` takes.
-- stored
WITH sides AS (
  SELECT p.record_id, p.entity_id, p.organisation, p.country,
    CASE WHEN p.role IN ('licensor', 'supplier', 'investor', 'funder', 'proposer') THEN 1
      WHEN p.role IN ('licensee', 'buyer', 'investee', 'recipient', 'addressee') THEN 2 ELSE 0 END AS side
  FROM parties p WHERE p.entity_id IS NOT NULL AND NOT p.is_role
),
pairs AS (
  SELECT x.record_id,
    x.entity_id AS a_id, x.organisation AS a, x.country AS a_country,
    y.entity_id AS b_id, y.organisation AS b, y.country AS b_country, x.side = 1 AND y.side = 2 AS directed
  FROM sides x JOIN sides y ON x.record_id = y.record_id AND x.entity_id <> y.entity_id
    AND (x.side = 1 AND y.side = 2 OR NOT (x.side = 1 AND y.side = 2 OR x.side = 2 AND y.side = 1) AND x.entity_id < y.entity_id)
)
SELECT
  p.a_id,  -- id for evidence_of(id) and `dossier explain`
  any_value(p.a) AS a,  -- the organisation
  any_value(p.a_country) AS a_country,  -- the country most often claimed for it
  p.b_id,  -- likewise
  any_value(p.b) AS b,  -- the other organisation
  any_value(p.b_country) AS b_country,  -- the country most often claimed for it
  p.directed,  -- whether a gives and b takes
  any_value(p.a_country) <> any_value(p.b_country) AS cross_border,  -- null when a country is not known
  count(DISTINCT coalesce(g.deal_id, g.record_id)) AS deals,  -- number of deals
  count(DISTINCT coalesce(g.deal_id, g.record_id)) FILTER (coalesce(d.concluded, g.concluded)) AS concluded,  -- of them concluded, as `deals` judges it
  list_sort(list_distinct(flatten(list(g.components::VARCHAR[])))) AS components,  -- what the deals cover
  list_sort(list_distinct(list(g.status::VARCHAR))) AS statuses,  -- where they stand, by all claims
  min(coalesce(g.signed_lo, g.effective_lo, g.announced_lo)) AS since_lo,  -- first day of the earliest
  list_sort(list_distinct(list(g.path))) AS paths  -- the documents
FROM pairs p JOIN agreements g USING (record_id)
LEFT JOIN deals d ON d.entity_id = g.deal_id
GROUP BY p.a_id, p.b_id, p.directed
ORDER BY deals DESC, a, b, p.directed, p.a_id, p.b_id
