"""The DuckDB file: tables from record types, loading, publishing by replacement, locked-down
queries."""
