"""Decisions of reviewers: what one is (`decisions.py`), whether it still holds in a run
(`standing.py`), and what it makes of a record (`applied.py`)."""
