-- Records whose quotes and values hold all words, in any order: case and accents are folded, a part of a word counts. One row per record, with its first quote.
CREATE MACRO search(words) AS TABLE
WITH wanted AS (
  SELECT DISTINCT unnest(string_split_regex(trim(strip_accents(lower(words))), '\s+')) AS word
),
hits AS (
  SELECT e.record_id, w.word
  FROM evidence e JOIN wanted w
    ON contains(strip_accents(lower(concat_ws(' ', e.value, e.quote))), w.word)
  GROUP BY ALL
),
found AS (
  SELECT record_id FROM hits GROUP BY record_id HAVING count(*) = (SELECT count(*) FROM wanted)
)
SELECT d.path, e.record_id, e.quote
FROM found JOIN evidence e USING (record_id) JOIN document d ON d.document_id = e.document_id
WHERE e.position = 0
ORDER BY d.path, e.start, e.record_id
