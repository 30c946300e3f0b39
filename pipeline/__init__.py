"""Dossier: documents in, a DuckDB database out in which every value can be traced to the sentence
that supports it.

The flow, and the file to change for each step:

    path -> Document          readers/      one file per kind of document
    Document -> Passages      passages.py   exact offsets; text/ folds and tells what BI means
    Passage x task -> Request prompts.py    messages and schema from prompts/<task>.md and schemas/
    Request -> Reply          models/       recorded, live chat, batches; ledger.py keeps all
                                  (ledger_parquet.py on a cluster)
    Reply -> records          extract.py    the one place that parses, whatever the reply came from
    records -> evidence       ground/       each quote located, each value checked; pure
      a kind of value         kinds/        parsed, found, contradicted, the same, its columns
      a rule about a claim    ground/rules.py, its words in vocabulary/<language>.toml
      a second reading        ground/second_reading.py, asked as prompts/_second_reading.md says
    what no record rests on   coverage.py; second_look.py asks about it once more
    rows -> tables            store/        DuckDB: rows, load, checked views, kept runs, queries
    names, claims -> entities resolve/      records are linked, never changed; pure
      a name's form           resolve/names.py, name_words.py, people.py; words in lexicon.toml
      a guard                 resolve/guards.py, person_guards.py, claims.py (deals, events)
      a weight                resolve/model.json, scored by store/scores.py (Splink)
      an id, a judgement      resolve/register.py, judgements.py; files: stages/decisions.py
    run against run -> changes compare/     records paired, values compared by kind; pure
      found in bulk, told     store/compared.py; diff/ has a file for each format
    database -> one page      report/     its figures are the subject's: schemas/report/*.sql
    run against gold          evaluate/   records, values, negatives, names; intervals
      a reviewer's decision   decide/ (what it is, whether it holds, what it changes), review/
                              (the queue, the terminal's loop; web/ is the page)

`run.py` alone knows the order on one machine, `cluster/` that on many; `stages/` takes documents
through it (stream.py), off the event loop where it is work (ground.py), joins what they name
(resolve.py), keeps and publishes the run (conclude.py), and lists all that a row depends on
(identity.py); `results.py` puts together what came of one document. What runs in child processes
runs through `workers.py`. `cli.py` and `commands/` turn arguments into Settings, make one call and
return an exit code. The subject (what is extracted, with which prompts and views) lives in
`schemas/` and `prompts/`; nothing here knows it. `records.py` holds what record types are made of,
`domain.py` the nouns, `values/` how dates, numbers and countries are written.
"""
