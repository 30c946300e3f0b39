"""The same run on a cluster: stages mapped over shards of documents by Ray Data. Only this room
imports Ray.

    engine.py    the run: lists, hands out shards, gathers, concludes
    nodes.py     connects, sees that every node can work, maps a class over rows
    listing.py   paths -> files to read -> ids, in pieces
    worker.py    a shard of documents -> Parquet files; what a node runs
    parcel.py    what travels to the nodes: settings, subject, recorded replies
    control.py   one actor that owns the rate and the budget of all

Between the stages lies Parquet, in the output folder, which all nodes see:

    OUT/ledger/                    every reply, by key (ledger_parquet.py)
    OUT/listing/                   the list of documents
    OUT/shards/<settings>/<n>-<documents>/   the rows of a shard; there, whole, or not there
    OUT/runs/<run id>/             one dataset a table; <run id>.duckdb holds views over them
"""
