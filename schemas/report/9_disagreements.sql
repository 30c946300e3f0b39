-- Where documents disagree
-- form: table
-- Claims about one thing that differ, and whether both can be true.
SELECT c.entity_id AS id, c.name, c.kind, c.field, c.values, CASE WHEN c.only_seeming THEN c.why ELSE 'they differ' END AS judged, c.paths AS documents
FROM conflicts c
ORDER BY c.only_seeming, c.kind, c.name, c.field, id
