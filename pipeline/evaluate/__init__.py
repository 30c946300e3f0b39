"""How good a run is, measured against gold: what careful readers want of the same documents.

gold.py       gold files, checked        scoring.py    records and values against gold: tallies
judging.py    whether a value is gold's
identity.py   names and deals joined     intervals.py  chance: a bootstrap of documents
measured.py   a run, or another reader's gold, measured: one Measured
told.py       Measured as text, Markdown or JSON
annotate.py   a gold file begun from a run
"""
