"""Two sets of records: paired by what identifies them, compared by kind of value. Pure.

claims.py    a record as its evidence tells it
pairing.py   which record of one set is which of the other
values.py    what differs between two
changes.py   a set of records against another: added, removed, split, merged, changed, ...
risk.py      which change a person should see first
noise.py     which changes a rerun brings as well
"""
