"""Names joined to entities across documents. Records are only linked, never changed. Pure."""
