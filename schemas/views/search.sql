-- Records whose quotes and supported values hold all words, in any order: case, accents and Cyrillic are folded, a part of a word counts. One row per record, with its first quote; what reviewers rejected is left out.
CREATE MACRO search(words) AS TABLE
SELECT path, record_id, quote
FROM _searchable
WHERE len(list_filter(string_split_regex(trim(folded(words)), '\s+'), lambda word: NOT contains(folded, word))) = 0
ORDER BY path, start, record_id
