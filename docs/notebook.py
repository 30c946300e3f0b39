"""A notebook on a published database, with polars: `marimo edit docs/notebook.py`, or as a script,
`python docs/notebook.py -- --database data/out/dossier.duckdb`."""

import marimo

app = marimo.App()


@app.cell
def _():
    import duckdb
    import marimo as mo
    import polars as pl

    database = mo.cli_args().get("database") or "data/out/dossier.duckdb"
    db = duckdb.connect(database, read_only=True)
    return db, mo, pl


@app.cell
def _(mo):
    mo.md("""
    # What the documents say

    Views show only what the text supports; every row has an id that leads back to its sentences.
    """)


@app.cell
def _(db, pl):
    deals = db.sql("SELECT entity_id, since_lo, concluded, countries, parties FROM deals").pl()
    by_year = (
        deals.filter(pl.col("concluded"), pl.col("since_lo").is_not_null())
        .group_by(pl.col("since_lo").dt.year().alias("year"))
        .len("concluded deals")
        .sort("year")
    )
    by_year
    return by_year, deals


@app.cell
def _(db, pl):
    sums = db.sql("SELECT currency, value, summable_once FROM amounts WHERE value IS NOT NULL").pl()
    totals = (
        sums.group_by("currency")
        .agg(
            pl.col("value").filter(pl.col("summable_once")).sum().alias("total"),
            pl.col("summable_once").not_().sum().alias("left out"),
        )
        .sort("currency")
    )
    totals
    return (totals,)


@app.cell
def _(db, deals):
    # From a row to its sentences.
    first = deals["entity_id"][0]
    sentences = db.sql(
        "SELECT DISTINCT path, quote FROM evidence_of($id) WHERE field = '' ORDER BY ALL",
        params={"id": first},
    ).pl()
    sentences
    return (sentences,)


@app.cell
def _(by_year, sentences, totals):
    # As a script it prints what the cells above show.
    print(by_year, totals, sentences, sep="\n")


if __name__ == "__main__":
    app.run()
