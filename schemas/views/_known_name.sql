-- One row per entity and each name that documents give it, as dealings, claims_about and network compare names.
-- stored
SELECT DISTINCT
  entity_id,  -- id for evidence_of(id) and `dossier explain`
  folded(name) AS folded,  -- see the macro
FROM (SELECT entity_id, unnest(list_append(aliases, name)) AS name FROM entity)
ORDER BY folded, entity_id
