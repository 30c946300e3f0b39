-- Records whose quotes and supported values hold all words, in any order: case and accents are folded, a part of a word counts. One row per record, with its first quote; what reviewers rejected is left out.
CREATE MACRO search(words) AS TABLE
WITH wanted AS (
  SELECT DISTINCT unnest(string_split_regex(trim(strip_accents(lower(words))), '\s+')) AS word
),
hits AS (
  SELECT e.record_id, w.word
  FROM evidence e JOIN wanted w
    ON contains(strip_accents(lower(concat_ws(' ', e.value, e.quote))), w.word)
  WHERE e.status IN ('exact', 'normalised', 'fuzzy', 'quoted', 'context', 'inferred')
  GROUP BY ALL
),
found AS (
  SELECT record_id FROM hits GROUP BY record_id HAVING count(*) = (SELECT count(*) FROM wanted)
),
shown AS (
  SELECT record_id FROM checked_organisation UNION ALL SELECT record_id FROM checked_organisation_relation UNION ALL SELECT record_id FROM checked_person UNION ALL SELECT record_id FROM checked_agreement UNION ALL SELECT record_id FROM checked_activity UNION ALL SELECT record_id FROM checked_event UNION ALL SELECT record_id FROM checked_facility UNION ALL SELECT record_id FROM checked_product UNION ALL SELECT record_id FROM checked_programme UNION ALL SELECT record_id FROM checked_indicator UNION ALL SELECT record_id FROM checked_instrument UNION ALL SELECT record_id FROM checked_statement
)
SELECT d.path, e.record_id, e.quote
FROM found JOIN shown USING (record_id) JOIN evidence e USING (record_id) JOIN document d ON d.document_id = e.document_id
WHERE e.position = 0
ORDER BY d.path, e.start, e.record_id
